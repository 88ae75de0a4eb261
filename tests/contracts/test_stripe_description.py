"""Stripe's published description: what we ask of Stripe and listen to is in it, and what is not is noticed.

Requests and answers themselves are compared in every contract test, see `as_described`.
"""

import re
from typing import Any

import pytest
from stripe._api_version import _ApiVersion

from payments.gateways.stripe import API_VERSION
from payments.gateways.stripe_events import EVENTS
from payments.processor.routes import ROUTES
from tests.stripe_description import endpoints, error_problems, event_types, problems

REFUND = {
    "id": "re_1",
    "object": "refund",
    "amount": 1000,
    "balance_transaction": None,
    "charge": "ch_1",
    "created": 1767225600,
    "currency": "eur",
    "metadata": {},
    "payment_intent": "pi_1",
    "reason": None,
    "receipt_number": None,
    "source_transfer_reversal": None,
    "status": "succeeded",
    "transfer_reversal": None,
}
WITHOUT_CURRENCY = {name: value for name, value in REFUND.items() if name != "currency"}


def test_description_is_of_the_version_that_the_gateway_pins() -> None:
    assert _ApiVersion.CURRENT == API_VERSION


def test_every_address_of_the_processor_is_one_of_stripes() -> None:
    asked = {(route.method.lower(), re.sub(r"\(\?P<id>.*?\)", "x", route.path.pattern)) for route in ROUTES}
    unknown = {(m, path) for m, path in asked if not any(e.method == m and e.path.fullmatch(path) for e in endpoints())}
    assert not unknown


def test_every_event_that_we_listen_to_exists() -> None:
    assert set(EVENTS) - event_types() == set()


def test_exchange_as_described_is_no_problem() -> None:
    assert not problems("post", "/v1/refunds", {"payment_intent": "pi_1", "amount": 1000}, REFUND)


@pytest.mark.parametrize(
    ("asked", "answer", "says"),
    [
        ({"payment_intend": "pi_1"}, REFUND, "there is no parameter payment_intend"),
        ({"amount": "1000"}, REFUND, "asked.amount: '1000' is no"),
        ({"reason": "unhappy"}, REFUND, "asked.reason: 'unhappy' is none of 'duplicate'"),
        ({}, WITHOUT_CURRENCY, "currency is missing"),
        ({}, {**REFUND, "colour": "red"}, "there is no field colour"),
        ({}, {**REFUND, "reason": "unhappy"}, ".reason: 'unhappy' is none of"),
        ({}, {**REFUND, "amount": None}, ".amount: None is no"),
    ],
)
def test_exchange_that_differs_is_noticed(asked: dict[str, Any], answer: dict[str, Any], says: str) -> None:
    [problem] = problems("post", "/v1/refunds", asked, answer)
    assert says in problem


def test_missing_parameter_and_unknown_address_are_noticed() -> None:
    assert problems("post", "/v1/payment_intents", {"currency": "eur"}) == [
        "post /v1/payment_intents asked: amount is missing"
    ]
    assert problems("get", "/v1/favours", {}) == ["get /v1/favours is not described"]


def test_refusal_of_another_form_is_noticed() -> None:
    assert not error_problems({"error": {"type": "card_error", "code": "card_declined"}}, "post")
    assert error_problems({"error": {"type": "card_error", "mood": "bad"}}, "post") == [
        "post refused: there is no field mood"
    ]
