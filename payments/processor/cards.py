"""Test payment methods by their token, named as Stripe names its own, and what each of them always does."""

import hashlib
from enum import StrEnum
from typing import NamedTuple

from payments.processor.books import Shape


class Behaviour(StrEnum):
    PAYS = "pays"
    DECLINES = "declines"
    ASKS = "asks for approval"
    WAITS = "ends days later"


class TestMethod(NamedTuple):
    """A test card or account. `code` and what follows are the layers of its refusal."""

    token: str
    behaviour: Behaviour
    last4: str
    brand: str = "visa"
    kind: str = "card"
    country: str = "US"
    code: str | None = None
    decline_code: str | None = None
    advice: str | None = None
    network_decline: str | None = None
    network_advice: str | None = None

    @property
    def error(self) -> Shape:
        """The layers of the refusal, as Stripe's error object and a charge's outcome name them."""
        return {
            "code": self.code,
            "decline_code": self.decline_code,
            "advice_code": self.advice,
            "network_decline_code": self.network_decline,
            "network_advice_code": self.network_advice,
        }


def _declining(name: str, last4: str, code: str, *layers: str | None, brand: str = "visa") -> TestMethod:
    return TestMethod(f"pm_card_{name}", Behaviour.DECLINES, last4, brand, "card", "US", code, *layers)


AGAIN, NEVER, CHECK = "try_again_later", "do_not_try_again", "confirm_card_data"
METHODS = {
    method.token: method
    for method in (
        TestMethod("pm_card_visa", Behaviour.PAYS, "4242"),
        TestMethod("pm_card_mastercard", Behaviour.PAYS, "4444", "mastercard", country="DE"),
        TestMethod("pm_card_createDispute", Behaviour.PAYS, "0259"),
        _declining("visa_chargeDeclined", "0002", "card_declined", "generic_decline", AGAIN, "05"),
        _declining("visa_chargeDeclinedInsufficientFunds", "9995", "card_declined", "insufficient_funds", AGAIN, "51"),
        _declining("visa_chargeDeclinedLostCard", "9987", "card_declined", "lost_card", NEVER, "41"),
        _declining("visa_chargeDeclinedStolenCard", "9979", "card_declined", "stolen_card", NEVER, "43"),
        _declining("chargeDeclinedExpiredCard", "0069", "expired_card", None, CHECK, "54", "01", brand="mastercard"),
        _declining("chargeDeclinedIncorrectCvc", "0127", "incorrect_cvc", "incorrect_cvc", CHECK, "N7"),
        _declining("chargeDeclinedProcessingError", "0119", "processing_error", None, AGAIN),
        _declining("chargeCustomerFail", "0341", "card_declined", "do_not_honor", AGAIN, "05"),
        TestMethod("pm_card_authenticationRequired", Behaviour.ASKS, "3184", country="DE"),
        TestMethod(
            "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
            Behaviour.ASKS,
            "3178",
            country="DE",
            code="card_declined",
            decline_code="insufficient_funds",
            advice=AGAIN,
            network_decline="51",
        ),
        TestMethod("pm_sepa_debit", Behaviour.WAITS, "3000", "", "sepa_debit", "DE"),
        TestMethod("pm_usBankAccount_success", Behaviour.WAITS, "6789", "STRIPE TEST BANK", "us_bank_account"),
    )
}

SHOWN = {  # on the page to choose from, with what they are there to show
    "pm_card_visa": "pays",
    "pm_card_mastercard": "pays too",
    "pm_card_authenticationRequired": "the bank asks for approval (3-D Secure)",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "approval, and then there is no money on it",
    "pm_card_chargeCustomerFail": "can be stored, and is declined when it is charged",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "no money on it: refused on this page",
    "pm_card_chargeDeclinedExpiredCard": "expired: refused on this page",
    "pm_sepa_debit": "bank debit: the money comes days later",
    "pm_usBankAccount_success": "bank debit: the money comes days later",
}


def named(token: str) -> tuple[TestMethod, str] | None:
    """The test method of this token and what tells its card from others: "pm_card_visa", "pm_card_visa.C10023"."""
    name, _, whose = token.partition(".")
    return (METHODS[name], whose) if name in METHODS else None


def shape(method: TestMethod, now: int, whose: str = "") -> Shape:
    """A payment method as Stripe describes it; `_test` remembers which test method it is and never leaves.

    `whose` makes it a card of its own, with another fingerprint.
    """
    return {
        "_test": method.token,
        "allow_redisplay": "unspecified",
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        method.kind: _details(method, whose),
        "created": now,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": method.kind,
    }


def _details(method: TestMethod, whose: str) -> Shape:
    fingerprint = hashlib.sha256(f"{method.last4}{whose}".encode()).hexdigest()[:16]
    known = {"last4": method.last4, "fingerprint": fingerprint}
    if method.kind == "sepa_debit":
        return {**known, "bank_code": "37040044", "branch_code": "", "country": method.country, "generated_from": None}
    if method.kind == "us_bank_account":
        return {**known, "bank_name": method.brand, "account_type": "checking", "routing_number": "110000000"}
    return {
        **known,
        "brand": method.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
        "country": method.country,
        "display_brand": method.brand,
        "exp_month": 8,
        "exp_year": 2039,
        "funding": "credit",
        "generated_from": None,
        "networks": {"available": [method.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
