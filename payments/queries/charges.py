"""Charges under way, charges made, and the key that makes the next one once only."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from customers.models import Customer, Invoice
from payments.models import ChargeAttempt
from payments.rules.charging import EndedBy

CALL_TAKES = timedelta(minutes=10)  # most are explained by the first look-ups
DEBIT_TAKES = timedelta(days=30)  # the slowest, SEPA's, are told of within 14 working days
LIVE = (
    ChargeAttempt.State.CALLING,
    ChargeAttempt.State.REQUIRES_ACTION,
    ChargeAttempt.State.PENDING,
    ChargeAttempt.State.IN_DOUBT,
)


def live_attempts(customer: Customer) -> dict[str, ChargeAttempt]:
    """By currency, the charge under way for which every other waits: one of ours, or a debit for nobody knows what."""
    live = ChargeAttempt.objects.filter(Q(is_elsewhere=False) | Q(invoice_ids=[]), customer=customer, state__in=LIVE)
    return {attempt.currency: attempt for attempt in live.order_by("-is_elsewhere", "pk")}


def debits_elsewhere(customer: Customer) -> dict[int, ChargeAttempt]:
    """By invoice, the debit that a gateway began for it and that is on its way: only this invoice waits for it."""
    debits = ChargeAttempt.objects.filter(customer=customer, state=ChargeAttempt.State.PENDING, is_elsewhere=True)
    return {pk: attempt for attempt in debits.order_by("pk") for pk in attempt.invoice_ids}


def debit_beside(attempt: ChargeAttempt, invoice_ids: Iterable[int]) -> bool:
    """A debit that a gateway began is on its way for one of these, or nobody knows for what: no charge beside it."""
    debits = ChargeAttempt.objects.filter(customer=attempt.customer_id, state=ChargeAttempt.State.PENDING)
    paid_for = debits.filter(is_elsewhere=True, currency=attempt.currency).values_list("invoice_ids", flat=True)
    return any(not ids or not set(ids).isdisjoint(invoice_ids) for ids in paid_for)


def charges_unclear(now: datetime) -> QuerySet[ChargeAttempt]:
    """Charges whose fate the gateway should have told long ago: a call within minutes, a debit within thirty days."""
    call = Q(state__in=[ChargeAttempt.State.CALLING, ChargeAttempt.State.IN_DOUBT], started_at__lt=now - CALL_TAKES)
    return ChargeAttempt.objects.filter(call | Q(state=ChargeAttempt.State.PENDING, started_at__lt=now - DEBIT_TAKES))


def made_under(key: str, customer: Customer) -> ChargeAttempt | None:
    """The customer's attempt under this once-only key."""
    return ChargeAttempt.objects.filter(customer=customer, idempotency_key=key).first()


def latest_attempt(customer: Customer, currency: str) -> ChargeAttempt | None:
    """The customer's newest charge in this currency, whatever became of it; one that never began is none."""
    made = ChargeAttempt.objects.filter(customer=customer, currency=currency).exclude(state=ChargeAttempt.State.QUEUED)
    return made.exclude(decline_code=EndedBy.DROPPED).order_by("-pk").first()


def once_only_key(customer: Customer, currency: str, invoices: Sequence[Invoice], latest: ChargeAttempt | None) -> str:
    """The key of the customer's next charge in `currency`: the same for every page that shows the same debt.

    Two tabs, a double click and the browser's back button therefore send one key, and one key is one charge. Any
    attempt (`latest` is the newest) and any change of what is open makes the next key. Nobody can guess or choose it.
    """
    balances = [f"{i.pk}:{i.balance.normalize()}" for i in invoices if i.currency == currency]
    facts = "|".join([str(customer.pk), currency, str(latest.pk if latest else 0), *balances])
    return salted_hmac("payments.once_only_key", facts, algorithm="sha256").hexdigest()
