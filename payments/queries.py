"""What people want to see of payments: what is open, what is under way, which card is kept, what is unapplied."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac

from customers.models import Customer, Invoice, LedgerEntry
from payments.gateways import owns_retries
from payments.models import (
    Allocation,
    BankAccount,
    BankLine,
    ChargeAttempt,
    ClaimAllocation,
    GatewayEvent,
    GatewayInvoice,
    Payment,
    PaymentMethod,
    Refund,
    RefundPart,
    SyncFinding,
)
from payments.rules.charging import EndedBy
from payments.rules.transfer import Account

EVENTS_LATE_AFTER = timedelta(hours=1)
CALL_TAKES = timedelta(minutes=10)  # most are explained by the first look-ups
DEBIT_TAKES = timedelta(days=30)  # the slowest, SEPA's, are told of within 14 working days
ACCOUNTS = """
WITH RECURSIVE known AS (
  (SELECT account FROM payments_bankline ORDER BY account LIMIT 1)
  UNION ALL
  SELECT (SELECT account FROM payments_bankline WHERE account > known.account ORDER BY account LIMIT 1)
  FROM known WHERE known.account IS NOT NULL
)
SELECT account FROM known WHERE account IS NOT NULL
"""
# Credit leaves out an invoice in dispute until somebody releases it: it gets the money then.
IN_DISPUTE = """EXISTS (
  SELECT 1 FROM customers_hold hold WHERE hold.customer_id = invoice.customer_id AND hold.invoice_id = invoice.id
    AND hold.kind = 'dispute' AND hold.released_at IS NULL AND hold.until_on IS NULL)"""
# Of a payment with credit: there is an open invoice that it settles.
MEETS_A_DEBT = f"""EXISTS (
  SELECT 1 FROM customers_invoice invoice WHERE invoice.customer_id = payment.customer_id
    AND invoice.currency = payment.currency AND invoice.balance > 0 AND NOT {IN_DISPUTE})"""
# Whose money is on its way, or probably waits at the bank: nothing is held against them meanwhile.
PAYING = """
SELECT customer_id FROM payments_chargeattempt WHERE state IN ('queued', 'calling', 'pending', 'in_doubt')
UNION ALL SELECT customer_id FROM payments_likelypayer
"""
LIVE = (
    ChargeAttempt.State.CALLING,
    ChargeAttempt.State.REQUIRES_ACTION,
    ChargeAttempt.State.PENDING,
    ChargeAttempt.State.IN_DOUBT,
)


def open_invoices(customer: Customer) -> QuerySet[Invoice]:
    """What this customer still owes, oldest due date first."""
    return Invoice.objects.filter(customer=customer, balance__gt=0).order_by("due_on", "pk")


def disputed_among(invoice_ids: Sequence[int]) -> set[int]:
    """Those of these invoices that are in dispute until somebody releases them."""
    statement = f"SELECT id FROM customers_invoice invoice WHERE id = ANY(%s) AND {IN_DISPUTE}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(invoice_ids)])
        return {pk for (pk,) in cursor.fetchall()}


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


def recorded_under(provider: str, reference: str) -> Payment | None:
    """The payment that has this reference at this provider ("": the bank, as the desk recorded it)."""
    return Payment.objects.filter(provider=provider, reference=reference).select_related("customer").first()


def kept_methods(customer_id: int) -> QuerySet[PaymentMethod]:
    """What the customer lets us keep, the one to use first before the others."""
    kept = PaymentMethod.objects.filter(customer=customer_id, removed_at__isnull=True)
    return kept.order_by("-is_default", "-pk")


def kept_cards(customer: Customer, gateway: str) -> list[PaymentMethod]:
    """Those of them that this gateway keeps."""
    return list(kept_methods(customer.pk).filter(gateway=gateway))


def stored_under(token: str, customer: Customer) -> PaymentMethod | None:
    """The customer's stored card that the gateway knows by this token."""
    return PaymentMethod.objects.filter(
        customer=customer, gateway=settings.PAYMENT_GATEWAY, token=token, removed_at__isnull=True
    ).first()


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


def sum_of(invoices: Sequence[Invoice]) -> Decimal:
    """What is open of these invoices, which share one currency."""
    return sum((invoice.balance for invoice in invoices), Decimal(0))


def unapplied_of(customer_id: int) -> list[tuple[str, Decimal]]:
    """The customer's credit: (currency, what of their payments settled nothing yet), where there is any."""
    left = Payment.objects.filter(customer=customer_id, unapplied__gt=0)
    sums = left.values("currency").annotate(sum=Sum("unapplied")).order_by("currency")
    return [(row["currency"], row["sum"]) for row in sums]


def money_waiting(customer_id: int) -> QuerySet[BankLine]:
    """Bank lines that are probably this customer's and wait for a person."""
    return BankLine.objects.filter(likely_payers__customer=customer_id).order_by("booked_on", "pk")


class WaitingLines(NamedTuple):
    """How many bank lines wait to be matched, and the booking day of the oldest."""

    number: int
    since: date | None


def bank_lines_waiting() -> WaitingLines:
    """What the matching screen has to do."""
    waiting = BankLine.objects.filter(state=BankLine.State.WAITING)
    row = waiting.aggregate(number=Count("pk"), since=Min("booked_on"))
    return WaitingLines(row["number"], row["since"])


def bank_accounts() -> list[str]:
    """Our accounts of which lines were taken in: one hop through the index per account."""
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS)
        return [account for (account,) in cursor.fetchall()]


def events_late(now: datetime) -> QuerySet[GatewayEvent]:
    """What gateways told us more than an hour ago and could not be looked up since."""
    return GatewayEvent.objects.filter(state=GatewayEvent.State.WAITING, received_at__lt=now - EVENTS_LATE_AFTER)


def accounts_to_pay_into() -> dict[str, list[Account]]:
    """Currency → our accounts that customers are shown, the oldest first."""
    found: dict[str, list[Account]] = {}
    for row in BankAccount.objects.filter(is_shown=True).order_by("pk"):
        account = Account(row.holder, row.iban, row.account_number, row.routing_code, row.bic, row.bank_name)
        found.setdefault(row.currency, []).append(account)
    return found


def next_waiting() -> BankLine | None:
    """The oldest bank line that waits."""
    return BankLine.objects.filter(state=BankLine.State.WAITING).order_by("booked_on", "pk").first()


def with_parts(payments: QuerySet[Payment, Any]) -> QuerySet[Payment, Any]:
    """Adds `refunded`, what went back and stayed away, and `applied`, what settles invoices or claims.

    Summed for the rows shown. What came in is what is applied, what is unapplied and what went back, always.
    """
    back = _sum_for("payment", Refund.objects.filter(reversal=None))
    taken_back = _sum_for("refund__payment", RefundPart.objects.all())
    on_claims = _sum_for("payment", ClaimAllocation.objects.all())
    settles = _sum_for("payment", Allocation.objects.all())
    return payments.annotate(refunded=back, applied=settles - taken_back + on_claims)


def _sum_for(owner: str, rows: QuerySet[Any, Any]) -> Coalesce:
    parts = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner)
    return Coalesce(Subquery(parts.annotate(sum=Sum("amount")).values("sum")), Decimal(0))


class PaymentFault(NamedTuple):
    """A payment that is not the sum of its parts."""

    id: int
    currency: str
    amount: Decimal
    applied: Decimal
    unapplied: Decimal
    refunded: Decimal


def payment_faults() -> list[PaymentFault]:
    """Payments of which what came in is not what is applied, unapplied and gone back."""
    unsound = with_parts(Payment.objects.all()).exclude(amount=F("applied") + F("unapplied") + F("refunded"))
    return [PaymentFault(*row) for row in unsound.order_by("pk").values_list(*PaymentFault._fields)]


def paid_net(invoice_id: int) -> Decimal:
    """What was paid for an invoice by whatever way, less what went back."""
    money = LedgerEntry.objects.filter(invoice=invoice_id, kind__in=[LedgerEntry.Kind.PAID, LedgerEntry.Kind.REFUNDED])
    return -(money.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))


def went_back(invoice_id: int) -> Decimal:
    """What of the money for an invoice went back, so that it is owed again here and nowhere else."""
    back = LedgerEntry.objects.filter(invoice=invoice_id, kind=LedgerEntry.Kind.REFUNDED)
    return back.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def whole_payments(invoice_id: int, gateway: str) -> list[str]:
    """References of the charges we made at this gateway for this invoice alone, oldest first."""
    parts = Allocation.objects.filter(invoice=invoice_id, amount=F("payment__amount"), payment__refunds=None)
    ours = parts.filter(payment__provider=gateway, payment__attempt__is_elsewhere=False)
    return list(ours.order_by("pk").values_list("payment__reference", flat=True))


def retried_elsewhere(invoice_ids: Sequence[int]) -> set[int]:
    """Of these invoices, those that a gateway's own engine tries again: ours must never charge them by itself."""
    owners = [alias for alias in settings.PAYMENT_GATEWAYS if owns_retries(alias)]
    if not (owners and invoice_ids):
        return set()
    theirs = GatewayInvoice.objects.filter(invoice__in=invoice_ids, gateway__in=owners)
    return set(theirs.values_list("invoice_id", flat=True))


def sync_findings() -> int:
    """How much of the gateways' books was not taken in or needs a person there."""
    return SyncFinding.objects.count()
