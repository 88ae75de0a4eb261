"""A published campaign for tests: −3, +1, +7, +14, +30 and a thank-you, with short texts in every language."""

from datetime import datetime

from django.conf import settings

from dunning.models import Campaign, CampaignVersion, Step, Template, TemplateText
from dunning.operations.campaigns import publish
from dunning.rules.conditions import check, to_stored
from dunning.rules.words import FOR_A_PERSON, StepKind, Tone

NEXT = "What happens next in the coming days: we call."
NEXT_IN_OTHER_WORDS = (
    "So geht es weiter in den nächsten Tagen. La suite dans les prochains jours. Qué pasa después en los próximos días."
)
REMINDER = (
    "Hello {customer_name},\n\n{total_open} is still open.\n\n{invoice_list}\n\n{pay_button}\n\n"
    f"{NEXT} {NEXT_IN_OTHER_WORDS}\n"
)
STEPS = [(-3, Tone.FRIENDLY), (1, Tone.FRIENDLY), (7, Tone.CLEAR), (14, Tone.FIRM), (30, Tone.FORMAL)]


def standard_campaign(
    *,
    now: datetime,
    steps: list[tuple[int, Tone]] = STEPS,
    charge_on: int | None = None,
    actions: dict[str, int] | None = None,
    uses_profile: bool = True,
    is_reviewed: bool = False,
    reviewed_on: tuple[int, ...] = (),
    by_post: tuple[int, ...] = (),
    **facts: object,
) -> CampaignVersion:
    """An active campaign with these steps (day, tone), and a charge of stored cards on day `charge_on`, published.

    `actions`: the days of steps of other kinds. Letters wait for review, all of them or those of the days
    `reviewed_on`. Those of the days `by_post` are printed.
    """
    campaign = Campaign.objects.create(**{"name": "Standard", "is_active": True, **facts})
    version = CampaignVersion.objects.create(
        campaign=campaign, number=1, working_days_only=False, uses_profile=uses_profile, is_reviewed=is_reviewed
    )
    for position, (offset, tone) in enumerate(steps):
        template = template_named(f"{campaign.pk}-day-{offset}", f"Day {offset}", REMINDER)
        how = {"is_reviewed": offset in reviewed_on, "channel": "post" if offset in by_post else "email"}
        Step.objects.create(version=version, position=position, offset_days=offset, tone=tone, template=template, **how)
    if charge_on is not None:
        Step.objects.create(version=version, position=100, kind=StepKind.CHARGE, offset_days=charge_on)
    for number, (kind, day) in enumerate((actions or {}).items()):
        work = {"queue": "calls", "script": "Ask when they can pay.", "due_days": 2} if kind in FOR_A_PERSON else {}
        Step.objects.create(version=version, position=200 + number, kind=kind, offset_days=day, **work)
    thanks = template_named(f"{campaign.pk}-thanks", "Thank you", "Thank you, {customer_name}.")
    Step.objects.create(version=version, position=len(steps), kind=StepKind.THANKS, template=thanks)
    return publish(version, now=now)


def template_named(key: str, subject: str, body: str) -> Template:
    template = Template.objects.create(key=key, name=key)
    for language, _ in settings.LANGUAGES:
        TemplateText.objects.create(template=template, language=language, subject=subject, body=body)
    return template


def only(fact: str, operator: str, value: str) -> list[dict[str, str]]:
    """One condition, as it is stored."""
    return to_stored([check(fact, operator, value)])
