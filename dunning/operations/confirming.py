"""Writing down what a customer is to be told about a request, in the transaction of what there is to tell.

It is sent by the engine's next turn: see `confirmations`.
"""

from datetime import datetime

from customers.rules.days import local_day
from dunning.models import Confirmation, CustomerRequest
from dunning.operations import links
from dunning.queries.our_side import our_side
from dunning.rules.formats import day, money
from dunning.rules.letter import LetterFacts
from dunning.rules.letter.confirmations import Occasion, Told, confirmation
from dunning.rules.needs import Need
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
    facts, occasion = _facts(request, now), occasion or occasion_of(request)
    if Confirmation.objects.filter(request=request, occasion=occasion).exists():
        return
    subject, body = confirmation(occasion, _told(request, facts), facts)
    link, _ = links.issue(request.customer, now=now)
    Confirmation.objects.create(
        request=request,
        customer=request.customer,
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


def _facts(request: CustomerRequest, now: datetime) -> LetterFacts:
    customer = request.customer
    return LetterFacts(
        customer_name=customer.name,
        **our_side(),
        language=customer.language,
        country=customer.country,
        today=local_day(now, customer.time_zone),
        lines=(),
    )
