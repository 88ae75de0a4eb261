"""The page after a refusal: kind, and silent about every sensitive cause."""

from collections.abc import Callable

import pytest

from customers.models import Customer
from payments.models import ChargeAttempt
from tests.people import owes
from tests.portal.conftest import DECLINED, NO_FUNDS, Door, words
from tests.rules.refusals import MASKED

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]


def page_after(door: Door, **codes: str) -> bytes:
    """The page of one and the same attempt, had it been refused with these codes."""
    attempt = ChargeAttempt.objects.get()
    none = {"decline_code": "", "advice_code": "", "network_code": "", "network_advice": "", "card_brand": "Visa"}
    ChargeAttempt.objects.filter(pk=attempt.pk).update(**{**none, **codes})
    answer = door.get(f"payments/{attempt.pk}/")
    assert answer.status_code == 200
    return answer.content


@pytest.fixture
def refused(ada: Customer, door: Open) -> Door:
    owes(ada, "420.00")
    at_door = door(ada)
    at_door.pay(card=DECLINED)
    return at_door


def test_pages_of_all_sensitive_causes_are_those_of_a_plain_no_byte_for_byte(refused: Door) -> None:
    plain = page_after(refused, decline_code="generic_decline")
    assert "highest_risk_level" in MASKED
    assert len(MASKED) >= 7
    for code in MASKED:
        assert page_after(refused, decline_code=code) == plain, code
        assert page_after(refused, decline_code=code, network_code="51", advice_code="try_again_later") == plain, code
    for raw in ("04", "07", "41", "43", "59", "62"):
        assert page_after(refused, decline_code="insufficient_funds", network_code=raw) == plain, raw
    assert page_after(refused, decline_code="never_heard_of") == plain
    assert page_after(refused, decline_code="insufficient_funds") != plain


def test_missing_money_is_named_with_what_can_be_done(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    page = words(door(ada).pay(card=NO_FUNDS))
    assert "not enough money on this card at the moment" in page
    assert "pay a part now and the rest later" in page
