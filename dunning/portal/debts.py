"""What a customer owes in one currency, as the page shows it and takes payment for it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from customers.models import Customer, Invoice
from dunning.rules.disputes import undisputed
from dunning.rules.facts import InvoiceFact
from dunning.rules.parts import in_parts
from payments.models import ChargeAttempt
from payments.queries.charges import (
    debits_elsewhere,
    latest_attempt,
    live_attempts,
    once_only_key,
)
from payments.queries.invoices import disputed_among, open_invoices, sum_of
from payments.queries.plans import active_plans
from payments.rules.instalments import AgreedPlan

ROWS = 40


@dataclass(frozen=True, slots=True)
class Debt:
    """`invoices` are all that is open in `currency`; `chosen` those of them that the customer wants to pay alone.

    `due` is what should have been paid by today: of what is paid in instalments, those whose day has come. `under_way`
    is the charge whose end is not known, `latest` the newest charge, whatever became of it. `debits` are on their way
    for invoices that are therefore not among `invoices`, unless they are for all that is open. `disputed`: invoice id →
    how much of it is in dispute: that may be paid, and is not asked for.
    """

    currency: str
    invoices: list[Invoice]
    today: date
    key: str
    due: Decimal
    under_way: ChargeAttempt | None = None
    latest: ChargeAttempt | None = None
    chosen: tuple[Invoice, ...] = ()
    debits: tuple[ChargeAttempt, ...] = ()
    disputed: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """All that is open."""
        return sum_of(self.invoices)

    @property
    def first(self) -> list[Invoice]:
        """The oldest invoices, as many as a page shows at first."""
        return self.invoices[:ROWS]

    @property
    def payable(self) -> Decimal:
        """The most that the form takes."""
        return sum_of(self.chosen) if self.chosen else self.total

    @property
    def asked_for(self) -> list[tuple[Invoice, Decimal]]:
        """Of the chosen invoices, or of all, what is not in dispute; those with nothing left are left out."""
        asked = self.chosen or self.invoices
        rests = [(invoice, invoice.balance - self.disputed.get(invoice.pk, Decimal(0))) for invoice in asked]
        return [(invoice, rest) for invoice, rest in rests if rest > 0]

    @property
    def undisputed(self) -> Decimal:
        """The sum of it."""
        return sum((rest for _, rest in self.asked_for), Decimal(0))

    @property
    def offers_a_choice(self) -> bool:
        """Some of the invoices can be paid without the others."""
        return len(self.invoices) > 1 and not self.is_being_checked

    @property
    def is_being_checked(self) -> bool:
        """A payment is under way whose end nobody knows: no second one now."""
        return bool(self.under_way and self.under_way.state != ChargeAttempt.State.REQUIRES_ACTION)


def debt_in(customer: Customer, currency: str, invoice_ids: Collection[int], *, today: date) -> Debt | None:
    """The debt in `currency`, narrowed to these invoices if any are named; None when all of these are paid."""
    debt = next((debt for debt in debts(customer, today=today) if debt.currency == currency), None)
    if debt is None or not invoice_ids:
        return debt
    chosen = tuple(invoice for invoice in debt.invoices if invoice.pk in invoice_ids)
    return replace(debt, chosen=chosen) if chosen else None


def debts(customer: Customer, *, today: date) -> list[Debt]:
    """One Debt per currency, the one with the oldest invoice first."""
    by_currency: dict[str, list[Invoice]] = {}
    for invoice in open_invoices(customer):
        by_currency.setdefault(invoice.currency, []).append(invoice)
    live, coming = live_attempts(customer), debits_elsewhere(customer)
    plans = active_plans([customer.pk]).get(customer.pk, [])
    disputed = disputed_among([i.pk for invoices in by_currency.values() for i in invoices])
    made = []
    for currency, invoices in by_currency.items():
        latest = latest_attempt(customer, currency)
        debits = tuple({coming[i.pk].pk: coming[i.pk] for i in invoices if i.pk in coming}.values())
        if free := [invoice for invoice in invoices if invoice.pk not in coming]:
            under_way, asked = live.get(currency), free
        else:
            under_way, asked, debits = debits[0], invoices, ()
        key, due = once_only_key(customer, currency, asked, latest), _due(asked, disputed, plans, today)
        made.append(Debt(currency, asked, today, key, due, under_way, latest, debits=debits, disputed=disputed))
    return made


def _due(
    invoices: Sequence[Invoice], disputed: Mapping[int, Decimal], plans: Sequence[AgreedPlan], today: date
) -> Decimal:
    whole = [InvoiceFact(i.pk, i.due_on, i.balance, i.currency) for i in invoices]
    parts = undisputed(in_parts(whole, plans), disputed)
    return sum((part.balance for part in parts if part.due_on <= today), Decimal(0))


def ids_of(invoices: Iterable[Invoice]) -> list[int]:
    """What names them to the gateway's page and to the charge."""
    return [invoice.pk for invoice in invoices]
