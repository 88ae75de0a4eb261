"""What a new installation starts with: the shipped texts, and a published campaign that uses them.

On the due date it charges the stored cards of those who agreed to it; whoever has none gets the reminders only.
"""

from datetime import datetime

from django.db import transaction

from dunning.models import Campaign, CampaignVersion, Step, Template, TemplateText
from dunning.operations.campaigns import publish
from dunning.rules.words import StepKind, Tone
from dunning.texts import shipped_texts

NAME = "Standard reminders"
REMINDERS = [
    (-3, Tone.FRIENDLY, "before_due", "A few days before the due date"),
    (1, Tone.FRIENDLY, "friendly", "Friendly reminder"),
    (7, Tone.CLEAR, "clear", "Clear reminder"),
    (14, Tone.FIRM, "firm", "Firm reminder"),
    (30, Tone.FORMAL, "formal", "Last reminder, then a person takes over"),
]
THANKS = ("thanks", "Thank you")


@transaction.atomic
def ensure(*, now: datetime) -> Campaign:
    """The shipped campaign with version 1 published; texts and campaign that exist already are left as they are.

    For setting up an installation: a campaign that the desk has renamed since would be made a second time.
    """
    campaign, _ = Campaign.objects.get_or_create(name=NAME, defaults={"is_active": True})
    if not campaign.versions.exists():
        version = CampaignVersion.objects.create(campaign=campaign, number=1)
        Step.objects.bulk_create(_steps(version, _templates()))
        publish(version, now=now)
    return campaign


def _templates() -> dict[str, Template]:
    texts = shipped_texts()
    names = {key: name for _, _, key, name in REMINDERS} | dict([THANKS])
    templates = {key: Template.objects.get_or_create(key=key, defaults={"name": names[key]})[0] for key in names}
    for key, template in templates.items():
        for language, (subject, body) in texts[key].items():
            TemplateText.objects.get_or_create(
                template=template, language=language, defaults={"subject": subject, "body": body}
            )
    return templates


def _steps(version: CampaignVersion, templates: dict[str, Template]) -> list[Step]:
    steps = [Step(offset_days=days, tone=tone, template=templates[key]) for days, tone, key, _ in REMINDERS]
    steps.insert(1, Step(kind=StepKind.CHARGE.value, offset_days=0))
    steps.append(Step(kind=StepKind.THANKS.value, template=templates[THANKS[0]]))
    for position, step in enumerate(steps, start=1):
        step.version, step.position = version, position
    return steps
