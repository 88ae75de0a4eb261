"""Reading for claims: the laws as a book, what interest an invoice bears, what is paid of a claim."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from customers.models import Hold, Invoice, LedgerEntry
from customers.rules.days import local_day
from payments.models import BaseRate, Claim, ClaimAllocation, ClaimPolicy, ClaimRule, PlanInvoice
from payments.queries.invoices import PAYING
from payments.rules.claims import ClaimKind, Late, Law, LawBook
from payments.rules.interest import Days, Since, interest, owed_by_day, rounded
from payments.rules.terms import read_terms

SINCE_EVER = (LedgerEntry.Kind.INVOICED, LedgerEntry.Kind.CREDITED)  # what was credited had never been owed


def law_book() -> LawBook:
    """All rows, in three queries."""
    rates: dict[str, list[Since]] = defaultdict(list)
    for name, day, percent in BaseRate.objects.order_by("valid_from").values_list("name", "valid_from", "percent"):
        rates[name].append(Since(day, percent))
    policy = ClaimPolicy.objects.order_by("valid_from").values_list("valid_from", "is_on")
    return LawBook(
        laws=tuple(_law(row) for row in ClaimRule.objects.order_by("pk")),
        base_rates={name: tuple(found) for name, found in rates.items()},
        policy=tuple(policy),
    )


def _law(row: ClaimRule) -> Law:
    return Law(
        id=row.pk,
        kind=ClaimKind(row.kind),
        who=row.who,
        countries=frozenset(row.countries.split()),
        currency=row.currency,
        terms=read_terms(row.terms),
        base_rate=row.base_rate,
        is_rate_fixed=row.is_rate_fixed,
        is_by_itself=row.is_by_itself,
        wait_days=row.wait_days,
        from_step=row.from_step,
        source=row.source,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


@dataclass(slots=True)
class History:
    """What interest on one invoice is counted from."""

    billed: Decimal = Decimal(0)
    moves: list[tuple[date, Decimal]] = field(default_factory=list)
    frozen: list[Days] = field(default_factory=list)


def histories(invoices: Sequence[Invoice]) -> dict[int, History]:
    """Invoice id → what it owed and when nothing may be claimed for it, in three queries.

    Give the invoices with their customers.
    """
    found = {pk: History(frozen=days) for pk, days in frozen_days(invoices).items()}
    entries = LedgerEntry.objects.filter(invoice__in=found).values_list("invoice_id", "kind", "amount", "occurred_on")
    for invoice_id, kind, amount, day in entries:
        if kind in SINCE_EVER:
            found[invoice_id].billed += amount
        else:
            found[invoice_id].moves.append((day, amount))
    return found


def frozen_days(invoices: Sequence[Invoice]) -> dict[int, list[Days]]:
    """Invoice id → holds that block claims, from their first day to their last, and days of instalment plans.

    In two queries; give the invoices with their customers.
    """
    found: dict[int, list[Days]] = {invoice.pk: [] for invoice in invoices}
    for covered in PlanInvoice.objects.filter(invoice__in=found).select_related("plan"):
        found[covered.invoice_id].append(Days(covered.plan.began_on, covered.plan.ended_on))
    by_customer = defaultdict(list)
    for invoice in invoices:
        by_customer[invoice.customer_id].append(invoice)
    for hold in Hold.objects.filter(customer__in=by_customer, blocks_claims=True):
        for invoice in by_customer[hold.customer_id]:
            if hold.invoice_id in (None, invoice.pk):
                found[invoice.pk].append(_days_of(hold, invoice.customer.time_zone))
    return found


def late(invoice: Invoice, frozen: list[Days]) -> Late:
    """The invoice as laws look at it; give it with its customer."""
    customer = invoice.customer
    return Late(invoice.due_on, invoice.currency, customer.country, customer.kind, frozen)


def _days_of(hold: Hold, zone: str) -> Days:
    released = [local_day(hold.released_at, zone)] if hold.released_at else []
    ends = [*released, *([hold.until_on] if hold.until_on else [])]
    return Days(local_day(hold.placed_at, zone), min(ends, default=None))


def interest_of(claim: Claim, on: date) -> Decimal:
    """What a claim of interest comes to up to and including the day `on`, by the law under which it was raised."""
    return interest_until(on, claim, law_book(), histories([claim.invoice])[claim.invoice_id])


class BearsInterest(Protocol):
    """A claim of interest, raised or foretold."""

    rule_id: int
    arose_on: date
    currency: str


def interest_until(last_on: date, claim: BearsInterest, book: LawBook, history: History) -> Decimal:
    """The same from what is read already; days on which nothing was to be claimed are left out."""
    owed = owed_by_day(history.billed, history.moves)
    rates = book.rates(book.law(claim.rule_id), claim.arose_on)
    frozen = [*history.frozen, *book.off_days()]
    return rounded(interest(owed, rates, frozen=frozen, first_on=claim.arose_on, last_on=last_on), claim.currency)


def with_paid(claims: QuerySet[Claim, Any]) -> QuerySet[Claim, Any]:
    """Adds `paid`, the money put on the claim, and `open`, what is left of it (0 once waived)."""
    parts = ClaimAllocation.objects.filter(claim=OuterRef("pk")).order_by().values("claim").annotate(sum=Sum("amount"))
    counted = claims.annotate(paid=Coalesce(Subquery(parts.values("sum")), Decimal(0)))
    return counted.annotate(open=Case(When(waived_at=None, then=F("amount") - F("paid")), default=Decimal(0)))


def candidates(laws: Iterable[Law], kind: ClaimKind, *, due_from: date, before: date) -> QuerySet[Invoice]:
    """Open invoices in no plan, due in [due_from, before), of which a law may speak and that have no such claim yet.

    Not those of customers whose money is on its way or probably waits at the bank: it may have come in time. Nor of
    vulnerable customers: a person decides.
    """
    spoken = Q(pk__in=[])
    for law in (law for law in laws if law.kind == kind and law.is_by_itself):
        whom = Q(customer__kind=law.who, customer__country__in=sorted(law.countries))
        spoken |= whom & (Q(currency=law.currency) if law.currency else Q())
    claimed = Claim.objects.filter(invoice=OuterRef("pk"), kind=kind)
    planned = PlanInvoice.objects.filter(invoice=OuterRef("pk"), released_at=None)
    overdue = Invoice.objects.filter(
        spoken, balance__gt=0, due_on__gte=due_from, due_on__lt=before, customer__vulnerable_since=None
    )
    waited_for = overdue.exclude(customer__in=RawSQL(PAYING, ()))
    return waited_for.filter(~Exists(claimed), ~Exists(planned)).select_related("customer").order_by("pk")
