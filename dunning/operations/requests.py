"""What customers ask for on their page: granted at once where the policy allows it, otherwise a person answers.

Everything happens under the customer's lock, so that a double click and a second tab find what the first one made.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from customers.models import Customer, Invoice
from customers.operations.holds import HoldRefusal
from customers.rules.days import local_day
from dunning.models import Case, CaseEvent, CustomerRequest, Task
from dunning.models.task import REQUEST
from dunning.operations import attachments
from dunning.operations.confirming import tell
from dunning.operations.granting import OWN_PAGE, grant, plan_invoices, rest
from dunning.rules.card_numbers import has_card_number
from dunning.rules.help_terms import Terms, Wish, answered_by, why_not_at_once
from dunning.rules.needs import ABOUT_TIME, WORDS, Need, beside
from dunning.rules.words import spelled
from dunning.snapshot.help import Help, help_for
from payments.models import PaymentMethod
from payments.operations.instalment_plans import PlanRefusal
from payments.queries.invoices import open_invoices, sum_of

QUEUE = "requests"
MOST_A_DAY = 10
State = CustomerRequest.State


class RequestRefusal(ValueError):
    """It cannot be asked as it stands, and nothing was stored; the message says why."""


class TooManyRequests(RequestRefusal):
    """More was asked today than anybody needs to."""


class ChangedMeanwhile(RequestRefusal):
    """What is open is something else than the customer was shown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the customer's form says. `on`: the day they name; `amount` and `currency`: what it is about.

    Of parts `amount` is all that is open, as they were shown it. `method`: charge it on that day.
    """

    kind: Need
    on: date | None = None
    parts: int | None = None
    amount: Decimal | None = None
    currency: str = ""
    invoice: Invoice | None = None
    method: PaymentMethod | None = None
    text: str = ""
    reference: str = ""
    day_part: str = ""
    phone: str = ""
    files: tuple[bytes, ...] = ()


@transaction.atomic
def ask(customer: Customer, asked: Asked, *, now: datetime) -> CustomerRequest:
    """Take in what the customer asks for; the one that is live already is returned as it is.

    Raises TooManyRequests, ChangedMeanwhile, and RequestRefusal for a card number in the words, a day that cannot be
    meant, or more time for nothing; attachments.FileRefusal for a file that is not taken.
    """
    _refuse_card_numbers(asked)
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    end_what_ran_out(customer, now=now)
    if live := _live(customer, asked):
        return live
    _refuse_too_many(customer, now)
    request = _new(customer, asked, now)
    known = help_for(customer, now=now)
    request.why_a_person = _why_a_person(request, known, now)[:300]
    _grant_or_wait(request, known.terms, now)
    request.save()
    attachments.keep(request, asked.files, now=now)
    _tell_the_desk(request, now)
    tell(request, now=now)
    return request


def end_what_ran_out(customer: Customer, *, now: datetime) -> None:
    """Promises and extensions whose day has passed, or whose hold a person released, are over."""
    today = local_day(now, customer.time_zone)
    for request in customer.requests.filter(state=State.GRANTED, closed_at=None).select_related("hold"):
        is_released = request.hold is None or request.hold.released_at is not None
        if is_released or (request.asked_on and request.asked_on < today):
            CustomerRequest.objects.filter(pk=request.pk).update(closed_at=now)


def _refuse_card_numbers(asked: Asked) -> None:
    if any(map(has_card_number, (asked.text, asked.reference, asked.phone))):
        raise RequestRefusal("This looks like the number of a card. Nothing was stored.")


def _live(customer: Customer, asked: Asked) -> CustomerRequest | None:
    live = CustomerRequest.objects.filter(customer=customer, closed_at=None)
    if asked.kind == Need.DISPUTE:
        return live.filter(kind=Need.DISPUTE, invoice=asked.invoice).first()
    return live.filter(kind__in=beside(asked.kind)).first()


def _refuse_too_many(customer: Customer, now: datetime) -> None:
    if customer.requests.filter(raised_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise TooManyRequests("That was a lot for one day. Please reply to our e-mail instead.")


def _new(customer: Customer, asked: Asked, now: datetime) -> CustomerRequest:
    today = local_day(now, customer.time_zone)
    if asked.kind in ABOUT_TIME and not open_invoices(customer).exists():
        raise RequestRefusal("Nothing is open.")
    if asked.kind == Need.ERASURE and open_invoices(customer).exists():
        raise RequestRefusal("Something is open: until it is settled, what we hold is needed.")
    if asked.kind in ABOUT_TIME and (asked.on is None or asked.on < today):
        raise RequestRefusal("Choose a day that is still to come.")
    if asked.kind == Need.PARTS and sum_of(plan_invoices(customer, asked.currency)) != asked.amount:
        raise ChangedMeanwhile("What is open has changed.")
    return CustomerRequest(
        customer=customer,
        case=case_of(customer),
        kind=asked.kind.value,
        raised_at=now,
        invoice=asked.invoice,
        amount=asked.amount,
        currency=asked.currency,
        asked_on=asked.on,
        parts=asked.parts,
        method=asked.method,
        text=asked.text,
        reference=asked.reference,
        day_part=asked.day_part,
        phone=asked.phone,
    )


def case_of(customer: Customer) -> Case | None:
    """The case that what they say belongs to: the open one, or the last."""
    cases = Case.objects.filter(customer=customer, about="").order_by("-pk")
    return cases.filter(state=Case.State.OPEN).first() or cases.first()


def _why_a_person(request: CustomerRequest, known: Help, now: datetime) -> str:
    """Why a person decides; empty when it is granted at once."""
    need = Need(request.kind)
    if need not in ABOUT_TIME:
        return f"the customer {WORDS[need]}"
    assert request.asked_on
    wish = Wish(need, request.asked_on, request.parts or 1, request.amount or Decimal(0))
    return why_not_at_once(wish, known.terms, known.standing, local_day(now, request.customer.time_zone))


def _grant_or_wait(request: CustomerRequest, terms: Terms, now: datetime) -> None:
    try:
        if not request.why_a_person:
            grant(request, terms, now=now, by=None)
            request.answered_at = now
            return
        today = local_day(now, request.customer.time_zone)
        request.answer_on = answered_by(today, terms, request.customer.country)
        rest(request, terms, answer_on=request.answer_on, now=now)
    except (PlanRefusal, HoldRefusal) as refusal:
        raise ChangedMeanwhile(str(refusal)) from refusal


def _tell_the_desk(request: CustomerRequest, now: datetime) -> None:
    """A line in the story of the case, and a task where a person has to answer."""
    if request.case is None:
        return
    done = "waits for an answer" if request.state == State.WAITING else "granted at once"
    text = f"The customer {in_short(request)}, {OWN_PAGE}: {done}"
    CaseEvent.objects.create(case=request.case, happened_at=now, kind=CaseEvent.Kind.REQUEST, text=text[:500])
    if request.state == State.WAITING and request.answer_on:
        Task.objects.create(
            case=request.case,
            kind=REQUEST,
            request=request,
            queue=QUEUE,
            script=f"The customer {in_short(request)}. Answer on the page of the request: it ends this task.",
            due_on=request.answer_on,
            assignee=request.case.owner,
            created_at=now,
        )


def in_short(request: CustomerRequest) -> str:
    """What they ask for in a few words, as the desk reads it."""
    told = [WORDS[Need(request.kind)]]
    if request.parts:
        told.append(f"{request.parts} of them")
    if request.invoice:
        told.append(f"invoice {request.invoice.number}")
    if request.asked_on:
        told.append(spelled(request.asked_on))
    return ", ".join(told)
