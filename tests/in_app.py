"""A campaign that speaks in the customers' own app, and that app's server, which makes tokens."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from pytest_django import Settings

from dunning.models import Campaign, CampaignVersion, Step, Template, TemplateText
from dunning.operations import default_campaign
from dunning.operations.campaigns import publish
from dunning.rules.app_tokens import AppDoor, token_for
from dunning.rules.words import StepKind, Tone

SECRET = "only for tests, and long enough for that"
APP = "http://localhost:9473"


def switch_on(settings: Settings) -> None:
    settings.DUNNING_CHANNELS = {
        "in_app": {"class": "dunning.channels.in_app.InAppChannel"},
        "email": {"class": "dunning.channels.memory.MemoryChannel"},
    }
    settings.IN_APP_SECRET, settings.IN_APP_ORIGINS = SECRET, [APP]
    settings.DUNNING_CONNECTIONS = 1


def in_app_campaign(*, now: datetime, thanks: Tone | None = None) -> CampaignVersion:
    """The shipped notices, one of each tone: days 1, 7, 14 and 30; and, if asked for, thanks in that tone."""
    default_campaign.ensure(now=now)
    Campaign.objects.update(is_active=False)
    campaign = Campaign.objects.create(name="In the app", is_active=True)
    version = CampaignVersion.objects.create(campaign=campaign, number=1, working_days_only=False, uses_profile=False)
    for position, (day, tone) in enumerate(zip((1, 7, 14, 30), Tone, strict=True)):
        text = Template.objects.get(key=f"in_app_{tone.name.lower()}")
        told = {"position": position, "offset_days": day, "tone": tone, "channel": "in_app", "template": text}
        Step.objects.create(version=version, **told)
    if thanks:
        text = short_text("in-app-thanks", "Thank you", "Thank you, {customer_name}.")
        told = {"kind": StepKind.THANKS, "tone": thanks, "channel": "in_app", "template": text}
        Step.objects.create(version=version, position=4, **told)
    return publish(version, now=now)


def short_text(key: str, subject: str, body: str) -> Template:
    """A text for notices in the app, the same in every language."""
    text = Template.objects.create(key=key, name=key, channel="in_app")
    for language, _ in settings.LANGUAGES:
        TemplateText.objects.create(template=text, language=language, subject=subject, body=body)
    return text


def token(number: str, *, now: datetime) -> str:
    return token_for(number, secret=SECRET, ends_at=now + timedelta(hours=1), door=AppDoor.NOTICES)


def asks(client: Client, number: str, *, now: datetime, origin: str = APP) -> Any:
    """What the app's page gets for a signed-in customer."""
    headers = {"Authorization": f"Bearer {token(number, now=now)}", "Origin": origin}
    return client.get("/in-app/notices/", headers=headers)


def tells(client: Client, number: str, key: str, what: str, *, now: datetime) -> int:
    headers = {"Authorization": f"Bearer {token(number, now=now)}"}
    return int(client.post(f"/in-app/notices/{key}/{what}/", headers=headers).status_code)
