"""What tests everywhere need: a clock that stands still, a mail provider and a gateway with books of their own."""

from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from pytest_django import Settings

from payments.gateways.sandbox import SandboxGateway
from tests.gateways import use_gateway
from tests.people import NOW
from tests.provider import Provider

# Other work shares the machine: a slow example is no failure.
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.load_profile("desk")


@pytest.fixture
def now() -> datetime:
    """Monday 2 March 2026, 10:00 UTC: a working hour everywhere in Europe."""
    return NOW


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
