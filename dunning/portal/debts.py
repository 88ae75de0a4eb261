"""What a customer owes in one currency, as the page shows it and takes payment for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from customers.models import Customer, Invoice
from dunning.rules.facts import InvoiceFact
from dunning.rules.parts import in_parts
from payments.models import ChargeAttempt
from payments.plan_queries import active_plans
from payments.queries import live_attempts, once_only_key, open_invoices, sum_of
from payments.rules.instalments import AgreedPlan

ROWS = 40


@dataclass(frozen=True, slots=True)
class Debt:
    """`invoices` are all that is open in `currency`; `only` is the one that the customer wants to pay alone.

    `due` is what should have been paid by today: of what is paid in instalments, those whose day has come.
    """

    currency: str
    invoices: list[Invoice]
    today: date
    key: str
    due: Decimal
    under_way: ChargeAttempt | None = None
    only: Invoice | None = None

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
        return self.only.balance if self.only else self.total

    @property
    def is_being_checked(self) -> bool:
        """A payment is under way whose end nobody knows: no second one now."""
        return bool(self.under_way and self.under_way.state != ChargeAttempt.State.REQUIRES_ACTION)


def debts(customer: Customer, *, today: date) -> list[Debt]:
    """One Debt per currency, the one with the oldest invoice first."""
    by_currency: dict[str, list[Invoice]] = {}
    for invoice in open_invoices(customer):
        by_currency.setdefault(invoice.currency, []).append(invoice)
    live, plans = live_attempts(customer), active_plans([customer.pk]).get(customer.pk, [])
    return [
        Debt(
            currency,
            invoices,
            today,
            once_only_key(customer, currency, invoices),
            _due(invoices, plans, today),
            live.get(currency),
        )
        for currency, invoices in by_currency.items()
    ]


def _due(invoices: Sequence[Invoice], plans: Sequence[AgreedPlan], today: date) -> Decimal:
    whole = [InvoiceFact(i.pk, i.due_on, i.balance, i.currency) for i in invoices]
    return sum((part.balance for part in in_parts(whole, plans) if part.due_on <= today), Decimal(0))
