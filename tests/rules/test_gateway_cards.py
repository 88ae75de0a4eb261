"""Whether a card kept here gives way to what the gateway says."""

from datetime import timedelta

import pytest

from payments.rules.gateway_cards import Kept, Said, is_lost
from tests.people import NOW

EARLIER, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("kept", "said", "lost"),
    [
        (Kept("cus_1/pm_1", NOW), Said("cus_1", "cus_1/pm_1", NOW), False),
        (Kept("cus_1/pm_1", NOW), Said("cus_1", "cus_1/pm_2", EARLIER), True),
        (Kept("cus_1/pm_1", NOW, is_default=False), Said("cus_1", "cus_1/pm_2", LATER), False),
        (Kept("cus_1/pm_1", NOW, is_from_gateway=False), Said("cus_1", "cus_1/pm_2", EARLIER), False),
        (Kept("cus_1/pm_1", NOW, is_from_gateway=False), Said("cus_1", "cus_1/pm_2", LATER), True),
        (Kept("cus_1/pm_1", NOW), Said("cus_2", "cus_2/pm_2", EARLIER), False),
        (Kept("cus_1/pm_1", NOW), Said("cus_2", "cus_2/pm_2", NOW), False),
        (Kept("cus_1/pm_1", NOW), Said("cus_2", "cus_2/pm_2", LATER), True),
        (Kept("cus_1/pm_1", NOW), Said("cus_1"), False),
        (Kept("cus_1/pm_1", NOW), Said("cus_1", attached={"cus_1/pm_1"}), False),
        (Kept("cus_1/pm_1", NOW, is_default=False), Said("cus_1", attached=()), True),
        (Kept("cus_1/pm_1", NOW), Said("cus_2", attached=()), False),
    ],
)
def test_card_gives_way(kept: Kept, said: Said, lost: bool) -> None:
    assert is_lost(kept, said) is lost
