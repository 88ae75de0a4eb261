"""Claims for late payment that the engine would raise in the days to come, by the same laws and rules. Reads only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from customers.models import Invoice
from customers.rules.days import local_day
from payments.models import Claim
from payments.queries.laws import BearsInterest, candidates, frozen_days, histories, interest_until, late
from payments.rules.claims import BY_ITSELF, ClaimKind, LawBook, amount_of, claimed_by_itself
from payments.rules.interest import Days

DAY = timedelta(days=1)


@dataclass(slots=True)
class Ahead:
    """A claim that is raised on the day `on` (the customer's) if its invoice is open then; `amount`: 0 for interest."""

    customer_id: int
    invoice_id: int
    number: str
    kind: ClaimKind
    on: date
    amount: Decimal
    currency: str
    law: str
    rule_id: int
    arose_on: date


@dataclass(frozen=True, slots=True)
class Interest:
    """What the interest on an invoice comes to that is paid on the day `on`."""

    customer_id: int
    number: str
    on: date
    amount: Decimal
    currency: str


def claims_ahead(customer_ids: Sequence[int], book: LawBook, *, until: date, now: datetime) -> list[Ahead]:
    """What would be raised of these customers from `now` to the end of the day `until`: six queries at most.

    Holds and instalment plans last as long as they say today; whose money is on its way, is claimed nothing of.
    """
    if book.begins_on is None:
        return []
    found = []
    for kind in BY_ITSELF:
        overdue = candidates(book.laws, kind, due_from=book.begins_on - DAY, before=until)
        invoices = list(overdue.filter(customer__in=customer_ids))
        frozen = frozen_days(invoices)
        found += [_ahead(invoice, kind, book, frozen[invoice.pk], until, now) for invoice in invoices]
    return [one for one in found if one]


def _ahead(
    invoice: Invoice, kind: ClaimKind, book: LawBook, frozen: list[Days], until: date, now: datetime
) -> Ahead | None:
    """The claim of the first day that lets it be raised."""
    first = max(local_day(now, invoice.customer.time_zone), invoice.due_on + DAY)
    for on in (first + DAY * n for n in range((until - first).days + 1)):
        if law := claimed_by_itself(book, kind, late(invoice, frozen), on):
            amount = amount_of(law, invoice.balance, invoice.currency)
            if amount is None:
                return None
            told = invoice.customer_id, invoice.pk, invoice.number, kind, on, amount, invoice.currency
            return Ahead(*told, law=law.source, rule_id=law.id, arose_on=invoice.due_on + DAY)
    return None


def interest_when_paid(paid: Mapping[int, date], ahead: Iterable[Ahead], book: LawBook) -> Iterator[Interest]:
    """What interest comes to on invoices that are paid in whole: invoice id → day. Raised by now, or `ahead`."""
    if not paid:
        return
    raised = Claim.objects.filter(kind=ClaimKind.INTEREST, invoice__in=paid, until_on=None, waived_at=None)
    bears: dict[int, BearsInterest] = {claim.invoice_id: claim for claim in raised}
    bears |= {one.invoice_id: one for one in ahead if one.kind == ClaimKind.INTEREST}
    invoices = list(Invoice.objects.filter(pk__in=[pk for pk in paid if pk in bears]).select_related("customer"))
    known = histories(invoices)
    for invoice in invoices:
        history, claim, on = known[invoice.pk], bears[invoice.pk], paid[invoice.pk]
        history.moves.append((on, -invoice.balance))
        if amount := interest_until(on, claim, book, history):
            yield Interest(invoice.customer_id, invoice.number, on, amount, invoice.currency)
