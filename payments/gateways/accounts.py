"""Gateways that keep customers and invoices of their own: what they tell of them, and what they are told.

Optional: a gateway that only moves money has none. Everything here is in our words; nothing here decides.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from payments.gateways.base import NO_DECLINE, Card, WentBack
from payments.rules.declines import Decline


class Kind(StrEnum):
    """What a gateway can be asked for."""

    CUSTOMER = "customer"
    INVOICE = "invoice"
    TRY = "try"
    REFUND = "refund"
    DISPUTE = "dispute"
    CREDIT = "credit_note"


class InvoiceState(StrEnum):
    """How an invoice stands at the gateway. Drafts are nobody's debt and are not told of."""

    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


@dataclass(frozen=True, slots=True)
class TheirCustomer:
    """A customer of the gateway. `number` is ours if the gateway carries it; "" says nothing, here and below.

    `card` is what the gateway charges when something falls due, agreed with the customer at `card_since`. `attached`
    are the tokens of all cards and accounts kept there; None: not asked.
    """

    id: str
    number: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    country: str = ""
    card: Card | None = None
    card_since: datetime | None = None
    attached: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class TheirPayment:
    """Money that the gateway took for an invoice, under the gateway's own reference; value date `on`."""

    reference: str
    amount: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class TheirInvoice:
    """An invoice of the gateway, amounts in `currency`. `paid` is all that was paid, `payments` what the gateway took.

    The rest of `paid` came past the gateway. `credited` is what was billed and need not be paid. `references` are of
    all payments begun for it. `collects`: the gateway moves the invoice on by itself; `retries_at`: and tries then.
    `ended_on`: the day on which it was paid, voided or given up.
    """

    id: str
    number: str
    customer: str
    state: InvoiceState
    currency: str
    amount: Decimal
    paid: Decimal
    credited: Decimal
    issued_on: date
    due_on: date
    ended_on: date
    description: str = ""
    payments: tuple[TheirPayment, ...] = ()
    references: frozenset[str] = frozenset()
    collects: bool = False
    retries_at: datetime | None = None

    @property
    def open(self) -> Decimal:
        """What is still to be paid there, in `currency`."""
        return self.amount - self.credited - self.paid


@dataclass(frozen=True, slots=True)
class TheirTry:
    """A charge of the card with this token, whoever asked for it. `reference`: of the payment it was for.

    `is_pending`: a debit on its way through the banks, which has no end yet.
    """

    id: str
    reference: str
    customer: str
    amount: Decimal
    currency: str
    at: datetime
    is_success: bool
    is_pending: bool = False
    decline: Decline = NO_DECLINE
    card: str = ""
    card_brand: str = ""
    card_fingerprint: str = ""
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class TheirReturn:
    """Money that went back of the payment of this reference, whoever had taken it, or that is here again."""

    reference: str
    back: WentBack

    @property
    def id(self) -> str:
        return self.back.id


@dataclass(frozen=True, slots=True)
class RefundShare:
    """How much of a refund a credit note is for."""

    refund: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TheirCredit:
    """A credit note on an invoice that was paid; `outside` is what it gave back past the gateway."""

    id: str
    invoice: str
    currency: str
    refunds: tuple[RefundShare, ...] = ()
    outside: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Misread:
    """Something of the gateway's that cannot be put in our words."""

    id: str
    problem: str


Told = TheirCustomer | TheirInvoice | TheirTry | TheirReturn | TheirCredit | Misread


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list, newest first. `after` asks for the next part, "" when there is none."""

    items: tuple[Told, ...]
    after: str


class Accounts(ABC):
    """What a gateway with customers and invoices can do; `Gateway.accounts` returns it."""

    @abstractmethod
    def page(self, kind: Kind, *, since: datetime | None, after: str, only_open: bool = False) -> Page:
        """What was created from `since` on (None: ever), a page at a time; `only_open`: invoices not settled yet.

        Raises GatewayRefusal when `after` is not there any more, and whatever says that there was no answer.
        """

    @abstractmethod
    def find(self, kind: Kind, identity: str) -> Told | None:
        """One of them as it is now, None when it is not there or concerns nobody."""

    @abstractmethod
    def invoice_of(self, reference: str) -> str | None:
        """The id of the invoice for which the payment of this reference was begun."""

    @abstractmethod
    def is_debited(self, invoice: str) -> bool:
        """Whether a debit for this invoice is on its way through the banks, begun by the gateway or there."""

    @abstractmethod
    def collect(self, invoice: str, *, by_itself: bool) -> TheirInvoice:
        """Let the gateway collect an open invoice by itself, or leave that to us; the invoice as it is then.

        An invoice that is no longer open is only told. Raises GatewayRefusal when it is not there.
        """

    @abstractmethod
    def credit_payment(self, invoice: str, reference: str) -> None:
        """Count a payment that we took at this gateway for the invoice. Takes no money, also when repeated.

        Raises GatewayRefusal when it cannot be counted.
        """

    @abstractmethod
    def mark_paid(self, invoice: str) -> None:
        """Close an invoice whose money came past the gateway. Takes no money, also when repeated.

        Raises GatewayRefusal when it cannot be closed.
        """


def customers_of(told: Iterable[Told]) -> set[str]:
    """The gateway's ids of the customers that invoices and tries name."""
    return {one.customer for one in told if isinstance(one, TheirInvoice | TheirTry) and one.customer}
