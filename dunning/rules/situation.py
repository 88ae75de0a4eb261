"""What conditions look at: a customer, and what is really open of theirs at one moment."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dunning.rules.customer_fact import CustomerFact


@dataclass(frozen=True, slots=True)
class Sum:
    """What is open in one currency, and what was billed by the same invoices."""

    open: Decimal
    billed: Decimal

    @property
    def share(self) -> Decimal | None:
        """Open in percent of billed; None when that is not known."""
        return 100 * self.open / self.billed if self.billed > 0 else None


@dataclass(frozen=True, slots=True)
class Situation:
    """`sums` by currency, without what is held, disputed or not due yet. `last_letter`: opened, unopened or none."""

    customer: CustomerFact
    today: date
    sums: dict[str, Sum]
    invoices: int = 0
    last_letter: str = "none"
