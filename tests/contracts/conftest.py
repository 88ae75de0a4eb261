"""The card processor that the Stripe gateway is proven against."""

from collections.abc import Iterator

import pytest

from tests.stripe_processor import StripeProcessor


@pytest.fixture
def processor(process: StripeProcessor) -> Iterator[StripeProcessor]:
    """With empty books; at the end no intent may have taken money twice, and none of our keys may have."""
    process.control("reset")
    yield process
    taken = [row for row in process.books()["taken"] if row["status"] == "succeeded"]
    assert len({row["intent"] for row in taken}) == len({row["key"] for row in taken}) == len(taken)
