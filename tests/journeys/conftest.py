"""Stripe Billing for whole stories: the processor as a process, empty for each."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.billing import Billing, billing_on
from tests.stripe_processor import StripeProcessor, running


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeProcessor]:
    with running(tmp_path_factory.mktemp("stripe") / "books.sqlite3") as processor:
        yield processor


@pytest.fixture
def billing(process: StripeProcessor, settings: Settings) -> Iterator[Billing]:
    process.control("reset")
    made = billing_on(process, settings)
    yield made
    made.assert_nothing_taken_twice()
