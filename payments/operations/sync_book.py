"""What our books hold of a batch of a gateway's invoices: read and locked in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from customers.models import Customer, Invoice, LedgerEntry
from customers.rules.import_cell import Unreadable
from customers.rules.import_text import text_reader
from customers.rules.money import in_words
from payments.gateways import owns_retries
from payments.gateways.accounts import InvoiceState, TheirInvoice
from payments.models import Allocation, GatewayCustomer, GatewayInvoice, Payment
from payments.operations.sync_findings import Finding
from payments.rules.their_invoices import Ours

Kind = LedgerEntry.Kind
ZERO = Decimal(0)


class Sums(NamedTuple):
    """What was ever paid for an invoice, what of it a file told of, and what was credited on the gateway's word."""

    paid: Decimal = ZERO
    imported: Decimal = ZERO
    credited: Decimal = ZERO


class Book:
    """`owners`: our customers by the gateway's ids. `invoices` and `links` are by the gateway's id of the invoice."""

    def __init__(self, alias: str, told: Sequence[TheirInvoice]) -> None:
        """Locks customers, then invoices, in order of id. Call inside a transaction."""
        self.alias = alias
        self.owners = _owners(alias, told)
        list(Customer.objects.filter(pk__in=self.owners.values()).select_for_update(no_key=True).order_by("pk"))
        self.links = _links(alias, told)
        self.invoices = self._locked_invoices(told)
        self.taken = _taken_elsewhere(self.invoices)
        pks = [invoice.pk for invoice in self.invoices.values()]
        self._sums = _sums(alias, pks)
        self._settled = _settled(alias, pks)
        references = [payment.reference for one in told for payment in one.payments]
        known = Payment.objects.filter(provider=alias, reference__in=references)
        self.known = frozenset(known.values_list("reference", flat=True))

    def _locked_invoices(self, told: Sequence[TheirInvoice]) -> dict[str, Invoice]:
        linked = {link.external_id: link.invoice_id for link in self.links.values()}
        wanted = Invoice.objects.filter(Q(pk__in=linked.values()) | Q(number__in=[one.number for one in told]))
        rows = wanted.select_for_update(of=("self",)).select_related("customer").order_by("pk")
        locked = {invoice.pk: invoice for invoice in rows}
        by_number = {invoice.number: invoice for invoice in locked.values()}
        found = {one.id: locked[linked[one.id]] if one.id in linked else by_number.get(one.number) for one in told}
        return {identity: invoice for identity, invoice in found.items() if invoice}

    def ours(self, one: TheirInvoice) -> Ours:
        """The invoice as our books have it; a new one owes what was billed."""
        invoice, link = self.invoices[one.id], self.links.get(one.id)
        mine = {payment.reference for payment in one.payments}
        settled = [
            amount
            for reference, amount in self._settled[invoice.pk]
            if reference in mine or reference.startswith(f"{one.id}/")
        ]
        return Ours(
            balance=invoice.balance,
            **self._sums.get(invoice.pk, Sums())._asdict(),
            outside=link.outside if link else ZERO,
            paid_by_known=sum(settled, ZERO),
            known=self.known,
        )

    def contradiction(self, one: TheirInvoice) -> Finding | None:
        """Why this invoice cannot be taken in."""
        if one.customer not in self.owners:
            remedy = "Read the gateway's lists again; a customer that was deleted there stays away."
            return Finding(one.id, "customer", one.customer, "is not known here", remedy)
        try:
            text_reader("invoice_number")(one.number)
        except Unreadable as refusal:
            return Finding(one.id, "number", one.number, refusal.problem, refusal.remedy)
        invoice = self.invoices.get(one.id)
        return self._against(one, invoice) if invoice else None

    def _against(self, one: TheirInvoice, invoice: Invoice) -> Finding | None:
        if invoice.pk in self.taken and one.id not in self.links:
            problem = f"is that of {self.taken[invoice.pk]} too"
            return Finding(one.id, "number", one.number, problem, "One number is one invoice: check both there.")
        if invoice.customer_id != self.owners[one.customer]:
            number = invoice.customer.number
            remedy = f"Let the gateway's customer carry our number {number}, or check the invoice's number."
            return Finding(one.id, "customer", one.customer, f"claims {one.number}, which is {number}'s here", remedy)
        if (invoice.currency, invoice.amount) != (one.currency, one.amount):
            problem = f"differs from {in_words(invoice.amount, invoice.currency)} in the books"
            remedy = "The books are kept. Check which is right, and correct the other."
            return Finding(one.id, "amount", in_words(one.amount, one.currency), problem, remedy)
        return None

    def warning(self, one: TheirInvoice) -> Finding | None:
        """What a person should set right at the gateway, though the invoice was taken in."""
        if one.state is not InvoiceState.OPEN or not one.retries_at or owns_retries(self.alias):
            return None
        remedy = "Switch its retries off there: two engines must never try one invoice."
        problem = f"is when {self.alias} would try again, and the desk tries too"
        return Finding(one.id, "retries", f"{one.retries_at:%-d %B %Y %H:%M} UTC", problem, remedy, is_refused=False)

    def link(self, told: Iterable[TheirInvoice], outside: dict[str, Decimal], *, now: datetime) -> set[str]:
        """Remember how the invoices stand at the gateway; the ids of those that stand otherwise than before."""
        rows, moved = [], set()
        for one in told:
            known = self.links.get(one.id) or GatewayInvoice(
                gateway=self.alias, external_id=one.id, invoice=self.invoices[one.id]
            )
            before = (known.state, known.collects, known.retries_at)
            known.state, known.collects = GatewayInvoice.State(one.state.value), one.collects
            known.retries_at, known.references = one.retries_at, sorted({*known.references, *one.references})
            known.outside, known.seen_at = known.outside + outside.get(one.id, ZERO), now
            rows.append(known)
            if before != (known.state, known.collects, known.retries_at):
                moved.add(one.id)
        _store(rows)
        return moved


def _store(rows: Sequence[GatewayInvoice]) -> None:
    GatewayInvoice.objects.bulk_create([row for row in rows if row.pk is None])
    if known := [row for row in rows if row.pk is not None]:
        facts = ["state", "collects", "retries_at", "references", "outside", "seen_at"]
        GatewayInvoice.objects.bulk_update(known, facts)


def _owners(alias: str, told: Sequence[TheirInvoice]) -> dict[str, int]:
    links = GatewayCustomer.objects.filter(gateway=alias, external_id__in=[one.customer for one in told])
    return dict(links.values_list("external_id", "customer_id"))


def _links(alias: str, told: Sequence[TheirInvoice]) -> dict[str, GatewayInvoice]:
    links = GatewayInvoice.objects.filter(gateway=alias, external_id__in=[one.id for one in told])
    return {link.external_id: link for link in links.select_for_update(no_key=True).order_by("invoice_id")}


def _taken_elsewhere(invoices: dict[str, Invoice]) -> dict[int, str]:
    """Of our invoices, those that another id of a gateway stands for already."""
    ours = {invoice.pk for invoice in invoices.values()}
    return dict(GatewayInvoice.objects.filter(invoice__in=ours).values_list("invoice_id", "external_id"))


def _sums(alias: str, pks: Sequence[int]) -> dict[int, Sums]:
    """By invoice, all positive."""
    paid, credited = Q(kind=Kind.PAID), Q(kind=Kind.CREDITED, source=alias[:16])
    entries = LedgerEntry.objects.filter(paid | credited, invoice__in=pks).order_by().values("invoice_id")
    imported = paid & Q(source="import")
    sums = entries.annotate(paid=_taken_off(paid), imported=_taken_off(imported), credited=_taken_off(credited))
    return {pk: Sums(*row) for pk, *row in sums.values_list("invoice_id", *Sums._fields)}


def _taken_off(which: Q) -> Coalesce:
    return Coalesce(-Sum("amount", filter=which), ZERO)


def _settled(alias: str, pks: Sequence[int]) -> dict[int, list[tuple[str, Decimal]]]:
    """By invoice: (reference, amount) of what payments at this gateway settled of it."""
    rows: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    parts = Allocation.objects.filter(invoice__in=pks, payment__provider=alias)
    for pk, reference, amount in parts.values_list("invoice_id", "payment__reference", "amount"):
        rows[pk].append((reference, amount))
    return rows
