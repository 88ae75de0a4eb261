"""What a new installation starts with: the shipped texts, and a published campaign that uses them.

On the due date it charges the stored cards of those who agreed to it; whoever has none gets the reminders only. Beside
it rest drafts of campaigns about what is foreseen, and texts for text messages and for notices in the app.
"""

from datetime import datetime

from django.db import transaction

from customers.rules.contact import IN_APP, SMS
from dunning.models import Campaign, CampaignVersion, Step, Template, TemplateText
from dunning.operations.campaigns import publish
from dunning.rules.triggers import Trigger
from dunning.rules.words import StepKind, Tone
from dunning.texts import shipped_in_app_texts, shipped_text_messages, shipped_texts

NAME = "Standard reminders"
REMINDERS = [
    (-3, Tone.FRIENDLY, "before_due", "A few days before the due date"),
    (1, Tone.FRIENDLY, "friendly", "Friendly reminder"),
    (7, Tone.CLEAR, "clear", "Clear reminder"),
    (14, Tone.FIRM, "firm", "Firm reminder"),
    (30, Tone.FORMAL, "formal", "Last reminder, then a person takes over"),
]
THANKS = ("thanks", "Thank you")
# Before anything is late: one letter each, as a draft that rests until somebody wants it.
FORETELLING = {
    Trigger.CARD_EXPIRES: ("Expiring cards", -30, "card_expires", "A card that is about to expire"),
    Trigger.MANDATE_ENDS: ("Ending mandates", -30, "mandate_ends", "A mandate that is about to end"),
    Trigger.RENEWAL: ("Coming renewals", -14, "renewal", "A renewal that is coming"),
}


@transaction.atomic
def ensure(*, now: datetime) -> Campaign:
    """The shipped campaign with version 1 published; texts and campaign that exist already are left as they are.

    For setting up an installation: a campaign that the desk has renamed since would be made a second time.
    """
    campaign, _ = Campaign.objects.get_or_create(name=NAME, defaults={"is_active": True})
    if not campaign.versions.exists():
        version = CampaignVersion.objects.create(campaign=campaign, number=1)
        names = {key: name for _, _, key, name in REMINDERS} | dict([THANKS])
        Step.objects.bulk_create(_steps(version, _templates(names)))
        publish(version, now=now)
    for trigger, letter in FORETELLING.items():
        _draft_before(trigger, *letter)
    _store_short_texts(SMS, "Text message", shipped_text_messages())
    _store_short_texts(IN_APP, "Notice in the app", shipped_in_app_texts())
    return campaign


def _store_short_texts(channel: str, name: str, by_tone: dict[str, dict[str, tuple[str, str]]]) -> None:
    """For whoever wants them: no step of a shipped campaign sends one."""
    for tone, texts in by_tone.items():
        told = {"name": f"{name}, {tone}", "channel": channel}
        template, _ = Template.objects.get_or_create(key=f"{channel}_{tone}", defaults=told)
        _write(template, texts)


def _draft_before(trigger: Trigger, name: str, day: int, key: str, text: str) -> None:
    campaign, _ = Campaign.objects.get_or_create(name=name, defaults={"trigger": trigger.value})
    if not campaign.versions.exists():
        version = CampaignVersion.objects.create(campaign=campaign, number=1)
        template = _templates({key: text})[key]
        Step.objects.create(version=version, position=1, offset_days=day, tone=Tone.FRIENDLY, template=template)


def _templates(names: dict[str, str]) -> dict[str, Template]:
    texts = shipped_texts()
    templates = {key: Template.objects.get_or_create(key=key, defaults={"name": names[key]})[0] for key in names}
    for key, template in templates.items():
        _write(template, texts[key])
    return templates


def _write(template: Template, texts: dict[str, tuple[str, str]]) -> None:
    for language, (subject, body) in texts.items():
        told = {"subject": subject, "body": body}
        TemplateText.objects.get_or_create(template=template, language=language, defaults=told)


def _steps(version: CampaignVersion, templates: dict[str, Template]) -> list[Step]:
    steps = [Step(offset_days=days, tone=tone, template=templates[key]) for days, tone, key, _ in REMINDERS]
    steps.insert(1, Step(kind=StepKind.CHARGE.value, offset_days=0))
    steps.append(Step(kind=StepKind.THANKS.value, template=templates[THANKS[0]]))
    for position, step in enumerate(steps, start=1):
        step.version, step.position = version, position
    return steps
