"""Helpers that tests everywhere use: a clock that stands still, and people with names."""

from datetime import UTC, datetime

import pytest


@pytest.fixture
def now() -> datetime:
    """Monday 2 March 2026, 10:00 UTC: a working hour everywhere in Europe."""
    return datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
