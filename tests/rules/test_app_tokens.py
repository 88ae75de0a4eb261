"""Tokens of a customer's own app: for whom, for which door, until when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.app_tokens import LIVES, AppDoor, number_in, token_for

SECRET = "only for tests, and long enough for that"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTICES = AppDoor.NOTICES


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_a_token_opens_for_whom_it_was_made(number: str) -> None:
    token = token_for(number, secret=SECRET, ends_at=NOW + HOUR, door=NOTICES)
    assert number_in(token, secret=SECRET, now=NOW, door=NOTICES) == number
    assert number_in(token, secret=SECRET + "!", now=NOW, door=NOTICES) is None


@pytest.mark.parametrize(("made", "opens"), [(-1, False), (0, False), (1, True), (86_400, True), (86_401, False)])
def test_a_token_ends_and_lives_for_a_day_at_most(made: int, opens: bool) -> None:
    token = token_for("C-1", secret=SECRET, ends_at=NOW + timedelta(seconds=made), door=NOTICES)
    assert (number_in(token, secret=SECRET, now=NOW, door=NOTICES) == "C-1") is opens


@given(st.data())
def test_a_token_that_was_altered_opens_nothing(data: st.DataObject) -> None:
    token = token_for("C-1", secret=SECRET, ends_at=NOW + HOUR, door=NOTICES)
    place = data.draw(st.integers(0, len(token) - 1))
    altered = token[:place] + data.draw(st.characters().filter(lambda c: c != token[place])) + token[place + 1 :]
    assert number_in(altered, secret=SECRET, now=NOW, door=NOTICES) is None
    assert number_in(token[:place], secret=SECRET, now=NOW, door=NOTICES) is None


@pytest.mark.parametrize("made", AppDoor)
@pytest.mark.parametrize("asked", AppDoor)
def test_a_token_for_one_door_opens_no_other(made: AppDoor, asked: AppDoor) -> None:
    token = token_for("C-1", secret=SECRET, ends_at=NOW + LIVES[made] / 2, door=made)
    assert (number_in(token, secret=SECRET, now=NOW, door=asked) == "C-1") is (made == asked)


def test_without_a_secret_nothing_opens() -> None:
    token = token_for("C-1", secret="", ends_at=NOW + timedelta(minutes=5), door=AppDoor.PAGE)
    assert number_in(token, secret="", now=NOW, door=AppDoor.PAGE) is None
