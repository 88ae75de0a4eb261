"""What a payment gateway is: one file that moves money at one provider. It never decides or touches our tables."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from payments.rules.declines import Decline
from payments.rules.methods import MethodKind

if TYPE_CHECKING:
    from payments.gateways.accounts import Accounts

NO_DECLINE = Decline()


@dataclass(frozen=True, slots=True)
class Card:
    """All that may be known of a card or account here: the gateway's own name for it, and what a receipt shows.

    `fingerprint` is the same for every token of one card, `country` where it was issued (ISO 3166, two letters);
    both may be unknown ("").
    """

    token: str
    brand: str
    last4: str
    expires_on: date | None = None
    kind: MethodKind = MethodKind.CARD
    fingerprint: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """One charge. `key` is ours and unique: the same attempt always carries the same key, amount and card.

    `amount` is in whole and parts of `currency` (12.50 EUR, not 1250 cents); `customer` is our number for who pays.
    `attended`: the customer is at the screen and can be asked something by their bank, on a page that leads back to
    `return_address`, an absolute one ("": the gateway is not to lead them anywhere).
    """

    key: str
    amount: Decimal
    currency: str
    card: str
    customer: str
    attended: bool = True
    return_address: str = ""


class ChargeState(StrEnum):
    """What has become of a charge. Pending: accepted, and the end is known in days, as with bank debits."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    REQUIRES_ACTION = "requires_action"
    PENDING = "pending"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ChargeResult:
    """`reference` is the gateway's id of the charge, `decline` why no money came, `card` what may be kept.

    `approval_address` is the bank's page for the customer while the charge waits for them, "" if there is none.
    """

    state: ChargeState
    reference: str = ""
    decline: Decline = NO_DECLINE
    card: Card | None = None
    approval_address: str = ""


@dataclass(frozen=True, slots=True)
class CardOnOffer:
    """A card that can be chosen on our own page, and what it is there to show."""

    card: Card
    purpose: str


@dataclass(frozen=True, slots=True)
class HostedPage:
    """A page of the gateway's own. Send the customer to `address`; what came of it is asked for by `reference`."""

    address: str
    reference: str


class GatewayRefusal(Exception):
    """The gateway surely did not do it, and no money moved. Anything else that a gateway raises means: nobody knows.

    `permanent`: asking the same again never helps; otherwise it may be asked again later.
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class NotReached(GatewayRefusal):
    """The gateway was not reached or had no time for us: nothing was done, and many in a row make us leave it alone."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, permanent=False)


class BackKind(StrEnum):
    """Why money of a successful charge went back."""

    REFUND = "refund"
    CHARGEBACK = "chargeback"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class WentBack:
    """Money of a charge that went back, `amount` in the charge's currency. `id` is the gateway's, once for each.

    `came_back`: it is with us again or never left, because the dispute was won or the refund failed.
    """

    id: str
    kind: BackKind
    amount: Decimal
    on: date
    reason: str = ""
    came_back: bool = False


class WebhookRefusal(Exception):
    """What was delivered is not a genuine event of this gateway for us: nothing may follow from it."""


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A genuine event. It is a hint only: what is true is looked up.

    `id` is the gateway's and the same in every delivery, `kind` in the gateway's own words. `key` is our key of the
    charge that it is about, "" when it carries none. `about` names what of the gateway's customers and invoices it is
    about, as "invoice/" and the gateway's id, or a charge as "payment/" and its reference; "" when it is none of these.
    """

    id: str
    kind: str
    happened_at: datetime
    key: str = ""
    about: str = ""


class Gateway(ABC):
    """Subclass, write the three methods, name the class in PAYMENT_GATEWAYS, prove it with the contract test.

    `has_set_up_page`: cards are entered on a page of the gateway's own. `page_origins` are the places of such pages
    and of banks' approval pages ("https://checkout.example.com"), to which our page's forms may lead. `plays_the_bank`:
    there is no real bank behind it, and the bank's question is put on our page.
    """

    has_set_up_page = False
    plays_the_bank = False
    page_origins: tuple[str, ...] = ()

    @abstractmethod
    def charge(self, request: ChargeRequest) -> ChargeResult:
        """Take the money once, however often it is called: a known key gives the first answer again.

        Raises GatewayRefusal when nothing was taken (also for a known key with another amount, currency or card).
        """

    @abstractmethod
    def look_up(self, key: str) -> ChargeResult | None:
        """What has become of the charge under `key`, or None when the gateway surely never saw it."""

    @abstractmethod
    def read_webhook(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> WebhookEvent:
        """The event in a delivery: its raw body, and its headers by lower-case name.

        Raises WebhookRefusal for a wrong or missing signature, one that is too old at `now`, or another account's.
        """

    def cancel(self, key: str) -> ChargeResult:
        """Make sure that nothing more is taken under `key`, even by a `charge` that is still on its way.

        The result is final: CANCELLED, or what had happened before the cancelling came. A gateway that cannot promise
        it raises GatewayRefusal, and such a charge stays open until its end is known.
        """
        raise GatewayRefusal("This gateway cannot cancel a charge.", permanent=True)

    def key_of(self, reference: str) -> str:  # noqa: ARG002
        """Our key of the charge that has this reference there, "" for one that is not ours."""
        return ""

    def events_since(self, since: datetime, until: datetime | None = None) -> Iterable[WebhookEvent]:  # noqa: ARG002
        """What happened from `since` on and before `until`, in any order; a gateway without a list has nothing."""
        return ()

    def went_back(self, reference: str) -> Sequence[WentBack]:  # noqa: ARG002
        """What went back of the charge of this reference: refunds made at the gateway, chargebacks, returned debits.

        Also what came back to us since, so that it can be told from what the gateway does not know.
        """
        return ()

    def find(self, key: str) -> ChargeResult:
        """What has become of the charge under `key`. Raises GatewayRefusal for a key that the gateway never saw."""
        result = self.look_up(key)
        if result is None:
            raise GatewayRefusal("The gateway knows no charge under this key.", permanent=True)
        return result

    def confirm(self, key: str) -> ChargeResult:
        """The customer is back from authenticating the charge under `key`: what has become of it?

        Raises GatewayRefusal for a key that the gateway does not know.
        """
        return self.find(key)

    def refund(self, key: str, amount: Decimal, *, refund_key: str) -> str:
        """Give back `amount` of what was taken under `key`, once for each `refund_key`; the gateway's reference.

        Raises GatewayRefusal when nothing was given back.
        """
        raise GatewayRefusal("This gateway cannot give money back.", permanent=True)

    def set_up_page(self, customer: str, currency: str, return_address: str) -> HostedPage:
        """A page where `customer` (our number) enters a card or account to keep, fit for charges in `currency`.

        The gateway sends the customer back to `return_address`, an absolute one. Raises GatewayRefusal.
        """
        raise GatewayRefusal("This gateway has no page to enter a card.", permanent=True)

    def card_set_up(self, reference: str, customer: str) -> Card | None:
        """What `customer` entered on the page of this reference, None while they have not finished.

        Raises GatewayRefusal for a page that is not this customer's.
        """
        raise GatewayRefusal("This gateway has no page to enter a card.", permanent=True)

    def accounts(self) -> "Accounts | None":
        """The customers and invoices that the gateway keeps, None for one that only moves money."""
        return None

    def forget(self, card: str) -> None:
        """The customer wants this card (its token) kept no longer: drop it at the gateway too, if it keeps any."""

    def most_of(self, amount: Decimal, currency: str) -> Decimal:  # noqa: ARG002
        """The most of `amount` that can be taken; less than it where the gateway knows fewer decimals."""
        return amount

    def cards_on_offer(self) -> tuple[CardOnOffer, ...]:
        """Cards to choose on our page. Only a gateway without real money has any."""
        return ()
