"""What a payment gateway is: one file that moves money at one provider. It never decides or touches our tables."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Card:
    """All that may be known of a card here: the gateway's own name for it, and what is printed on a receipt."""

    token: str
    brand: str
    last4: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """One charge. `key` is ours and unique: the same attempt always carries the same key, amount and card.

    `amount` is in whole and parts of `currency` (12.50 EUR, not 1250 cents); `customer` is our number for who pays.
    """

    key: str
    amount: Decimal
    currency: str
    card: str
    customer: str


class ChargeState(StrEnum):
    """What has become of a charge. The first, second and last are final."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    REQUIRES_ACTION = "requires_action"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ChargeResult:
    """`reference` is the gateway's id of the charge, `code` its reason for a decline, `card` what may be kept."""

    state: ChargeState
    reference: str = ""
    code: str = ""
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class CardOnOffer:
    """A card that can be chosen on our own page, and what it is there to show."""

    card: Card
    purpose: str


class GatewayRefusal(Exception):
    """The gateway surely did not do it, and no money moved. Anything else that a gateway raises means: nobody knows.

    `permanent`: asking the same again never helps; otherwise it may be asked again later.
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Gateway(ABC):
    """Subclass, write the three methods, name the class in PAYMENT_GATEWAYS, prove it with the contract test."""

    @abstractmethod
    def charge(self, request: ChargeRequest) -> ChargeResult:
        """Take the money once, however often it is called: a known key gives the first answer again.

        Raises GatewayRefusal when nothing was taken (also for a known key with another amount, currency or card).
        """

    @abstractmethod
    def look_up(self, key: str) -> ChargeResult | None:
        """What has become of the charge under `key`, or None when the gateway surely never saw it."""

    @abstractmethod
    def cancel(self, key: str) -> ChargeResult:
        """Make sure that nothing more is taken under `key`, even by a `charge` that is still on its way.

        The result is final: CANCELLED, or what had happened before the cancelling came.
        """

    def confirm(self, key: str) -> ChargeResult:
        """The customer is back from authenticating the charge under `key`: what has become of it?

        Raises GatewayRefusal for a key that the gateway does not know.
        """
        result = self.look_up(key)
        if result is None:
            raise GatewayRefusal("The gateway knows no charge under this key.", permanent=True)
        return result

    def cards_on_offer(self) -> tuple[CardOnOffer, ...]:
        """Cards to choose on our page. Only a gateway without real money has any."""
        return ()
