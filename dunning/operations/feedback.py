"""Taking in what a customer thought of our letters: once per case; what was unclear or unkind comes to a person."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers.models import Customer
from customers.rules.days import local_day
from dunning.models import Case, CaseEvent, Feedback, Notice, PortalLink, Task
from dunning.models.task import FEEDBACK
from dunning.operations.requests import RequestRefusal, case_of
from dunning.rules.card_numbers import has_card_number
from dunning.rules.feedback import is_low

QUEUE = "texts"


@dataclass(frozen=True, slots=True)
class Opinion:
    """None and "" say nothing; together they say something."""

    is_clear: bool | None = None
    is_kind: bool | None = None
    why_late: str = ""
    words: str = ""


@transaction.atomic
def give(customer: Customer, opinion: Opinion, *, link: PortalLink | None, now: datetime) -> Feedback:
    """Store what they think; whoever has said it in this case already gets the row of then.

    `link`: the personal link they came by; the letter that brought it is what they speak of. Raises RequestRefusal for
    a card number in the words.
    """
    if has_card_number(opinion.words):
        raise RequestRefusal("This looks like the number of a card. Nothing was stored.")
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    notice, case = spoken_of(customer, link)
    given, is_new = Feedback.objects.get_or_create(
        customer=customer,
        case=case,
        defaults={
            "notice": notice,
            "step_id": notice.step_id if notice else None,
            "language": notice.language if notice else "",
            "given_at": now,
            "is_clear": opinion.is_clear,
            "is_kind": opinion.is_kind,
            "why_late": opinion.why_late,
            "words": opinion.words,
        },
    )
    if is_new and case and is_low(is_clear=given.is_clear, is_kind=given.is_kind):
        _have_it_looked_into(given, case, now)
    return given


def spoken_of(customer: Customer, link: PortalLink | None) -> tuple[Notice | None, Case | None]:
    """The letter that brought them here, and the case that their opinion is about."""
    letters = Notice.objects.filter(link=link, customer=customer).select_related("case").order_by("-pk")
    notice = letters.first() if link else None
    return notice, notice.case if notice else case_of(customer)


def _have_it_looked_into(given: Feedback, case: Case, now: datetime) -> None:
    faults = [word for word, was in (("unclear", given.is_clear), ("unkind", given.is_kind)) if was is False]
    about = f"the {given.step}" if given.step else "what we wrote"
    text = f"The customer found {about} {' and '.join(faults)}"
    CaseEvent.objects.create(case=case, happened_at=now, kind=CaseEvent.Kind.REQUEST, text=text)
    said = f" They write: “{given.words[:500]}”." if given.words else ""
    Task.objects.create(
        case=case,
        kind=FEEDBACK,
        queue=QUEUE,
        script=f"{text}.{said} Read the letter as they did; mend the text if they are right.",
        due_on=local_day(now, given.customer.time_zone),
        created_at=now,
    )
