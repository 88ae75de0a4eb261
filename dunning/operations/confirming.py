"""Writing down what a customer is to be told about a request or a payment, in the transaction of what there is to tell.

It is sent by the engine's next turn: see `confirmations`.
"""

from datetime import datetime

from django.db.models import Model

from customers.models import Customer
from customers.rules.days import local_day
from dunning.models import Confirmation, CustomerRequest
from dunning.operations import links
from dunning.queries.brand import Branding
from dunning.queries.our_side import our_side
from dunning.rules.formats import day, money
from dunning.rules.letter import LetterFacts
from dunning.rules.letter.confirmation_words import Occasion
from dunning.rules.letter.confirmations import Told, confirmation
from dunning.rules.needs import Need
from payments.models import ChargeAttempt
from payments.rules.methods import brand_words

ROWS = 60


def occasion_of(request: CustomerRequest) -> Occasion:
    """What there is to tell about it as it stands."""
    if request.state == CustomerRequest.State.DECLINED:
        return Occasion.DECLINED
    if request.state == CustomerRequest.State.SETTLED:
        return Occasion.ANSWERED
    if request.state == CustomerRequest.State.WAITING:
        return Occasion.DISPUTED if request.kind == Need.DISPUTE else Occasion.RECEIVED
    if request.kind == Need.LATER:
        return Occasion.CHARGE if request.method else Occasion.LATER
    return Occasion.PARTS if request.kind == Need.PARTS else Occasion.EXTENSION


def tell(request: CustomerRequest, *, now: datetime, occasion: Occasion | None = None) -> None:
    """Queue the mail that says how the request stands, or about `occasion`: one for each, once ever."""
    facts, occasion = letter_facts(request.customer, now=now), occasion or occasion_of(request)
    if not Confirmation.objects.filter(request=request, occasion=occasion).exists():
        _queue(request.customer, occasion, _told(request, facts), facts, now, request=request)


def tell_of_payment(attempt: ChargeAttempt, *, now: datetime) -> None:
    """Queue the receipt of a payment: one, once ever. The caller holds the customer's lock."""
    assert attempt.payment
    facts = letter_facts(attempt.customer, now=now)
    parts = attempt.payment.allocations.select_related("invoice").order_by("pk")[:ROWS]
    lines = [f"{part.invoice.number} · {money(part.amount, attempt.currency, facts.locale)}" for part in parts]
    amount = money(attempt.amount, attempt.currency, facts.locale)
    told = Told(
        day=day(attempt.payment.received_on, facts.locale),
        amount=amount,
        reference=attempt.gateway_reference,
        schedule=tuple(lines) or (amount,),
    )
    _queue(attempt.customer, Occasion.RECEIPT, told, facts, now, attempt=attempt)


def _queue(
    customer: Customer, occasion: Occasion, told: Told, facts: LetterFacts, now: datetime, **about: Model
) -> None:
    subject, body = confirmation(occasion, told, facts)
    link, _ = links.issue(customer, now=now)
    Confirmation.objects.create(
        **about,
        customer=customer,
        occasion=occasion.value,
        language=facts.language,
        subject=subject,
        body=body,
        link=link,
        queued_at=now,
        due_at=now,
    )


def _told(request: CustomerRequest, facts: LetterFacts) -> Told:
    on = request.answer_on if request.state == CustomerRequest.State.WAITING else request.asked_on
    method = request.method
    return Told(
        day=day(on, facts.locale) if on else "",
        invoice=request.invoice.number if request.invoice else "",
        card=f"{brand_words(method.brand)} •••• {method.last4}".strip() if method else "",
        schedule=_schedule(request, facts) if request.plan else (),
        answer=request.answer,
    )


def _schedule(request: CustomerRequest, facts: LetterFacts) -> tuple[str, ...]:
    assert request.plan
    parts = request.plan.instalments.order_by("number")[:ROWS]
    return tuple(
        f"{day(part.due_on, facts.locale)} · {money(part.amount, request.plan.currency, facts.locale)}"
        for part in parts
    )


def letter_facts(customer: Customer, *, now: datetime, brand: Branding | None = None) -> LetterFacts:
    """What a mail to this customer says that is not about a debt; whoever has read the brand hands it in."""
    return LetterFacts(
        customer_name=customer.name,
        **our_side(brand),
        language=customer.language,
        country=customer.country,
        today=local_day(now, customer.time_zone),
        lines=(),
    )
