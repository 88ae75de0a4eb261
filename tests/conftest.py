"""What tests everywhere need: a clock that stands still, a mail provider and a gateway with books of their own."""

import os
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from dunning.channels.typesetting import PANGO, why_not_ready
from payments.gateways.sandbox import SandboxGateway
from payments.models import Payment
from tests.billing import Billing, billing_on
from tests.gateways import use_gateway
from tests.people import NOW
from tests.provider import Provider
from tests.stripe_processor import StripeProcessor, running

# Other work shares the machine: a slow example is no failure.
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.load_profile("desk")

INSTALL = ["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]


# Whole programs that are started, killed and waited for, half a minute and more each.
LONGEST = ("tests/faults/test_demo.py", "tests/faults/test_supervisor.py", "tests/faults/test_worker.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first: at the end none of them is left to wait for alone."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests that kill, restart and browse wait as much as they work."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def now() -> datetime:
    """Monday 2 March 2026, 10:00 UTC: a working hour everywhere in Europe."""
    return NOW


@pytest.fixture
def maria(db: None) -> User:
    """Somebody at the desk."""
    return User.objects.create(username="maria")


@pytest.fixture
def provider(settings: Settings, tmp_path: Path) -> Provider:
    """The channel "email" ends at this provider; ask it what it accepted."""
    journal = str(tmp_path / "journal")
    settings.DUNNING_CHANNELS = {"email": {"class": "tests.provider.Provider", "options": {"journal": journal}}}
    settings.DUNNING_CONNECTIONS = 1
    return Provider(journal)


@pytest.fixture
def gateway(settings: Settings, tmp_path: Path) -> SandboxGateway:
    """The sandbox gateway with a journal of this test's own."""
    return use_gateway(settings, SandboxGateway, tmp_path / "journal.sqlite3")


@pytest.fixture(scope="session")
def paper() -> None:
    """Letters can be set here; on a Debian as root what that needs is installed when missing."""
    if why_not_ready() and Path("/etc/debian_version").exists() and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run([*INSTALL, *PANGO], check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    assert why_not_ready() == ""


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeProcessor]:
    """The card processor, in a process of its own."""
    with running(tmp_path_factory.mktemp("stripe") / "books.sqlite3") as processor:
        yield processor


@pytest.fixture
def stripe(process: StripeProcessor, settings: Settings) -> Iterator[StripeProcessor]:
    """Charges go through the Stripe gateway to this processor; at the end its books equal ours."""
    process.control("reset")
    options = process.options()
    settings.PAYMENT_GATEWAYS = {"stripe": {"class": "payments.gateways.stripe.StripeGateway", "options": options}}
    settings.PAYMENT_GATEWAY = "stripe"
    yield process
    ours = Payment.objects.filter(provider="stripe").order_by("pk").values_list("reference", "amount")
    assert list(ours) == process.taken()


@pytest.fixture
def billing(process: StripeProcessor, settings: Settings) -> Iterator[Billing]:
    """Stripe Billing on this processor, empty at first; at the end nothing was taken twice there."""
    process.control("reset")
    made = billing_on(process, settings)
    yield made
    made.assert_nothing_taken_twice()
