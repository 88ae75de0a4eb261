"""Keeping what was said about a promised day: a note on the day before, and the charge of the card on the day itself.

The charge is an order like any other, whatever the campaign does. `collect` carries it out, and asks here right before
the call whether it is still wanted.
"""

import uuid
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet

from customers.models import Customer, Invoice
from customers.queries import holds_in_force
from customers.rules.days import local_day, zone
from dunning.models import CustomerRequest
from dunning.operations.confirming import tell
from dunning.rules.letter.confirmation_words import Occasion
from dunning.rules.needs import Need
from payments.models import ChargeAttempt
from payments.operations import orders
from payments.queries.charges import debits_elsewhere, live_attempts
from payments.queries.declines import decline_book
from payments.queries.invoices import disputed_among, open_invoices, retried_elsewhere
from payments.queries.methods import chargeable_methods
from payments.queries.plans import plannable
from payments.rules.charging import EndedBy
from payments.rules.next_charge import Order, next_charge
from payments.rules.retry_facts import RetryFacts, Try

FROM = time(9)  # on the customer's clock
DAY = timedelta(days=1)
NOT_AHEAD = timedelta(0)
TOLD = (Occasion.EVE, Occasion.CHARGE)


def order_promised(*, now: datetime) -> int:
    """Order every charge whose promised day has come; returns how many.

    Each is ordered once, and anew where an order was dropped before its call because things had changed.
    """
    not_tried = Q(attempt=None) | Q(attempt__decline_code=EndedBy.DROPPED)
    chargeable = _running(now).filter(not_tried, method__isnull=False)
    return sum(_order(request, now) for request in chargeable if _is_time(request, now))


def remind_of_promises(*, now: datetime) -> int:
    """On the day before a promised payment: one friendly note, while something is open. Returns how many are queued."""
    untold = _running(now).filter(kind=Need.LATER).exclude(confirmations__occasion__in=TOLD)
    eve = [request for request in untold if _is_time(request, now, ahead=DAY) and not _was_just_made(request, now)]
    return sum(_note(request, now) for request in eve)


def is_still_wanted(attempt: ChargeAttempt, *, now: datetime) -> bool | None:
    """Whether this very order would be made again now; None when no promise is behind it."""
    request = CustomerRequest.objects.select_related("hold", "customer").filter(attempt=attempt).first()
    if request is None:
        return None
    wanted = _wanted(request, request.customer, now)
    return wanted is not None and orders.is_for(attempt, wanted)


def _running(now: datetime) -> QuerySet[CustomerRequest]:
    """Requests that were granted, whose day is near in some zone or other."""
    near = ((now - DAY).date(), (now + 2 * DAY).date())
    granted = CustomerRequest.objects.filter(state=CustomerRequest.State.GRANTED, closed_at=None)
    return granted.filter(asked_on__range=near, hold__released_at=None).select_related("customer").order_by("pk")


def _is_time(request: CustomerRequest, now: datetime, *, ahead: timedelta = NOT_AHEAD) -> bool:
    zone_name = request.customer.time_zone
    day = local_day(now, zone_name) + ahead
    return day == request.asked_on and now.astimezone(zone(zone_name)).time() >= FROM


def _was_just_made(request: CustomerRequest, now: datetime) -> bool:
    zone_name = request.customer.time_zone
    return local_day(request.answered_at or now, zone_name) == local_day(now, zone_name)


@transaction.atomic
def _note(request: CustomerRequest, now: datetime) -> bool:
    customer = Customer.objects.select_for_update(no_key=True).get(pk=request.customer_id)
    told_before = request.confirmations.filter(occasion__in=TOLD).exists()
    if told_before or not open_invoices(customer).exists():
        return False
    tell(request, now=now, occasion=Occasion.EVE)
    return True


@transaction.atomic
def _order(request: CustomerRequest, now: datetime) -> bool:
    customer = Customer.objects.select_for_update(no_key=True).get(pk=request.customer_id)
    unchanged = CustomerRequest.objects.select_related("hold").filter(pk=request.pk, attempt=request.attempt_id)
    mine = unchanged.first()
    order = _wanted(mine, customer, now) if mine else None
    if order is None or live_attempts(customer).get(order.currency):
        return False
    key = uuid.uuid4().hex
    orders.place([order], now=now, key=key)
    attempt = ChargeAttempt.objects.filter(idempotency_key=key).first()
    unchanged.update(attempt=attempt)
    return attempt is not None


def _wanted(request: CustomerRequest, customer: Customer, now: datetime) -> Order | None:
    """What the promise has the card charged for now: nothing once it is over, or while anything else forbids it."""
    own = request.hold
    if request.closed_at or own is None or own.released_at or customer.vulnerable_since:
        return None
    in_force = holds_in_force(local_day(now, customer.time_zone)).filter(customer=customer)
    forbidding = in_force.filter(blocks_charges=True, disputed_amount=None)
    held: set[int | None] = set(forbidding.exclude(pk=own.pk).values_list("invoice_id", flat=True))
    if None in held:
        return None
    owed = _owed(customer, held)
    return _order_for(customer, owed, request.method_id or 0, now) if owed else None


def _owed(customer: Customer, held: set[int | None]) -> list[tuple[Invoice, Decimal]]:
    """What is open and undisputed, not held, in a plan, on its way or tried by a gateway; in the oldest's currency."""
    found = list(plannable(customer.pk))
    ids = [invoice.pk for invoice in found]
    left_alone = held | set(debits_elsewhere(customer)) | retried_elsewhere(ids)
    disputed = disputed_among(ids)
    rests = [(one, one.balance - disputed.get(one.pk, Decimal(0))) for one in found if one.pk not in left_alone]
    free = [(one, rest) for one, rest in rests if rest > 0]
    return [(one, rest) for one, rest in free if one.currency == free[0][0].currency]


def _order_for(customer: Customer, owed: list[tuple[Invoice, Decimal]], method_id: int, now: datetime) -> Order | None:
    """The order, if the card's own history lets it be tried now."""
    book, amount = decline_book(now.date()), sum((rest for _, rest in owed), Decimal(0))
    invoices = [invoice for invoice, _ in owed]
    methods = chargeable_methods([customer.pk], book, now=now).get(customer.pk, [])
    chosen = [method for method in methods if method.id == method_id]
    if not chosen:
        return None
    ids = tuple(invoice.pk for invoice in invoices)
    debt = RetryFacts(
        amount=amount,
        currency=invoices[0].currency,
        invoice_ids=frozenset(ids),
        closes_at=now + DAY,
        country=customer.country,
        time_zone=customer.time_zone,
    )
    verdict = next_charge(debt, chosen, book, now=now).verdict
    if not isinstance(verdict, Try) or verdict.at > now:
        return None
    return Order(customer.pk, method_id, amount, invoices[0].currency, ids)
