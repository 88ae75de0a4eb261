"""The card processor that the Stripe gateway is proven against, and Stripe's description that both are held against."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import stripe
from stripe._api_requestor import _APIRequestor

from tests import stripe_description
from tests.stripe_processor import StripeProcessor


@pytest.fixture
def processor(process: StripeProcessor, as_described: None) -> Iterator[StripeProcessor]:
    """With empty books; at the end no intent may have taken money twice, and none of our keys may have."""
    process.control("reset")
    yield process
    taken = [row for row in process.books()["taken"] if row["status"] == "succeeded"]
    assert len({row["intent"] for row in taken}) == len({row["key"] for row in taken}) == len(taken)


@pytest.fixture
def as_described(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every request that Stripe's library sends in the test, and every answer, is of the form that Stripe publishes."""
    found: list[str] = []
    send = _APIRequestor.request

    def overheard(
        self: _APIRequestor, method: str, url: str, params: Mapping[str, Any] | None = None, *rest: Any, **options: Any
    ) -> Any:
        answer = None
        try:
            told = send(self, method, url, params, *rest, **options)
            answer = json.loads(told.last_response.body)
            return told
        except stripe.StripeError as error:
            if error.json_body:
                found.extend(stripe_description.error_problems(error.json_body, f"{method} {url}"))
            raise
        finally:
            found.extend(stripe_description.problems(method, url, params or {}, answer))

    monkeypatch.setattr(_APIRequestor, "request", overheard)
    yield
    assert not found, "\n".join(sorted(set(found)))
