"""The few questions about our letters: prepared by a tap, given by a press, asked once."""

from collections.abc import Callable

import pytest

from customers.models import Customer
from dunning.models import Feedback
from tests.portal.conftest import Door, words

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]


def test_tap_in_the_mail_only_prepares_the_answer(door: Open, ada: Customer) -> None:
    html = door(ada).get("feedback/?clear=no").content.decode()
    assert 'name="clear" value="no" checked' in html
    assert not Feedback.objects.exists()


def test_answers_are_stored_and_not_asked_for_again(door: Open, ada: Customer) -> None:
    at_door = door(ada)
    page = at_door.client.post(f"/p/{at_door.token}/feedback/", {"clear": "no", "why": "forgot"}, follow=True)
    given = Feedback.objects.get()
    assert (given.is_clear, given.is_kind, given.why_late) == (False, None, "forgot")
    assert "we do not ask again about this" in words(page)
    at_door.post("feedback/", clear="yes")
    assert Feedback.objects.get().is_clear is False


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({}, 400),
        ({"clear": "maybe"}, 400),
        ({"words": "4242 4242 4242 4242"}, 400),
        ({"clear": "yes", "website": "https://spam.example"}, 200),
    ],
)
def test_nothing_is_stored_of_what_says_nothing_or_must_not_be_said(
    door: Open, ada: Customer, told: dict[str, str], status: int
) -> None:
    page = door(ada).post("feedback/", **told)
    assert (page.status_code, Feedback.objects.exists()) == (status, False)
    assert "4242" not in page.content.decode()
