"""Limits at the public doors: whose address, which window, and when several refused cards close a form."""

from datetime import UTC, datetime, timedelta

import pytest

from dunning.rules.doors import CARDS_BY_LINK, LIMITS, closed_until, visitors_address, window_of

NOW = datetime(2026, 3, 2, 10, 7, 31, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("limit", LIMITS.values())
def test_a_window_holds_the_moment_and_is_as_long_as_the_limit_says(limit) -> None:  # type: ignore[no-untyped-def]
    begun = window_of(limit, NOW)
    assert begun <= NOW < begun + limit.within
    assert window_of(limit, begun) == begun


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "known"),
    [
        ("81.2.69.142", "", 0, "81.2.69.142"),
        ("81.2.69.142", "8.8.8.8", 0, "81.2.69.142"),  # anybody can write this header
        ("127.0.0.1", "8.8.8.8", 0, ""),  # a proxy that nobody told us of
        ("10.0.0.7", "", 0, ""),
        ("10.0.0.7", "8.8.8.8, 81.2.69.142", 1, "81.2.69.142"),
        ("10.0.0.7", "8.8.8.8, 81.2.69.142, 10.0.0.9", 2, "81.2.69.142"),
        ("10.0.0.7", "", 1, ""),
        ("10.0.0.7", "nonsense", 1, ""),
        ("2a02:8071:abcd:1200:1:2:3:4", "", 0, "2a02:8071:abcd:1200::/64"),
        ("::ffff:81.2.69.142", "", 0, "81.2.69.142"),
    ],
)
def test_a_visitor_is_known_by_what_nobody_can_write(remote: str, forwarded: str, proxies: int, known: str) -> None:
    assert visitors_address(remote, forwarded, proxies=proxies) == known


def closes(*refused: tuple[str, int]) -> int | None:
    """In how many minutes the form opens again, for cards refused so many minutes ago."""
    told = [(card, NOW - ago * MINUTE) for card, ago in refused]
    until = closed_until(told, most=CARDS_BY_LINK, now=NOW)
    return round((until - NOW) / MINUTE) if until else None


def test_three_different_cards_within_an_hour_close_the_form_for_an_hour() -> None:
    assert closes(("a", 50), ("b", 20)) is None
    assert closes(("a", 50), ("b", 20), ("c", 10)) == 50
    assert closes(("a", 90), ("b", 20), ("c", 10)) is None
    assert closes(("a", 110), ("b", 90), ("c", 65)) is None


def test_one_card_again_and_again_closes_nothing() -> None:
    assert closes(*(("a", ago) for ago in range(1, 30))) is None
