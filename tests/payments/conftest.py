"""What tests of money need."""

import pytest

from payments.models import ClaimPolicy


@pytest.fixture
def by_law() -> ClaimPolicy:
    return ClaimPolicy.objects.create(
        is_on=True, source="Maria, manager: from the new year on", valid_from="2026-01-01"
    )
