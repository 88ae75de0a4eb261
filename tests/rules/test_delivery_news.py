"""What providers tell after a message left: bounces told apart, the furthest state, bad addresses."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from customers.rules.contact import Unreachable
from dunning.rules.bounces import is_for_good
from dunning.rules.delivery_news import LINE, Heard, NewsKind, furthest, unreachable_for

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def heard(*told: tuple[NewsKind, str]) -> list[Heard]:
    """One event an hour."""
    return [Heard(kind, message, NOON + timedelta(hours=hour)) for hour, (kind, message) in enumerate(told)]


SOFT, DELIVERED, BOUNCED = NewsKind.SOFT_BOUNCED, NewsKind.DELIVERED, NewsKind.BOUNCED


@pytest.mark.parametrize(
    ("answer", "kind", "good"),
    [
        ("550 5.1.1 no such user", "HardBounce", True),
        ("smtp; 550-5.1.2 bad destination", "bounce", True),
        ("550 5.2.1 mailbox disabled", "bounce", True),
        ("", "HardBounce", True),
        ("550 no such user here", "hard_bounce", True),
        ("", "SoftBounce", False),
        ("", "bounce Transient MailboxFull", False),
        ("452 4.2.2 over quota", "HardBounce", False),
        ("452 over quota", "bounce", False),
        ("552 5.2.2 mailbox full", "hard_bounce", False),
        ("550 5.7.1 refused by policy", "hard_bounce", False),
        ("550 5.1.8 sender address rejected", "hard_bounce", False),
        ("550 5.0.0 unknown", "HardBounce", True),
    ],
)
def test_a_bounce_is_for_good_only_where_the_address_is_at_fault(answer: str, kind: str, good: bool) -> None:
    assert is_for_good(answer, kind) is good


def test_a_message_moves_forward_whatever_is_heard_first() -> None:
    kinds = [NewsKind.ACCEPTED, NewsKind.DEFERRED, SOFT, DELIVERED, NewsKind.OPENED]
    assert {furthest(order) for order in permutations(kinds)} == {DELIVERED}
    assert furthest([NewsKind.OPENED, NewsKind.CLICKED, NewsKind.UNKNOWN]) is None
    assert furthest(LINE) == NewsKind.COMPLAINED


def test_a_complaint_goes_before_a_bounce_and_both_before_a_later_delivery() -> None:
    told = heard((BOUNCED, "1"), (NewsKind.COMPLAINED, "1"), (DELIVERED, "2"))
    assert unreachable_for(told) == (Unreachable.COMPLAINED, told[1].at)
    assert unreachable_for(told[:1] + told[2:]) == (Unreachable.BOUNCED, told[0].at)


@pytest.mark.parametrize(
    ("told", "bad"),
    [
        ([(SOFT, "1"), (SOFT, "2")], False),
        ([(SOFT, "1"), (SOFT, "2"), (SOFT, "3")], True),
        ([(SOFT, "1"), (SOFT, "1"), (SOFT, "1")], False),
        ([(SOFT, "1"), (SOFT, "2"), (DELIVERED, "3"), (SOFT, "4")], False),
        ([(DELIVERED, "0"), (SOFT, "1"), (SOFT, "2"), (NewsKind.OPENED, "2"), (SOFT, "3")], True),
    ],
)
def test_three_messages_that_come_back_for_now_in_a_row_are_enough(told: list[tuple[NewsKind, str]], bad: bool) -> None:
    events = heard(*told)
    assert {unreachable_for(list(order)) is not None for order in permutations(events)} == {bad}


def test_robots_that_open_and_follow_decide_nothing() -> None:
    told = heard((SOFT, "1"), (SOFT, "2"), (SOFT, "3"))
    robots = [Heard(kind, "3", NOON + timedelta(days=1)) for kind in (NewsKind.OPENED, NewsKind.CLICKED)]
    assert unreachable_for([*told, *robots]) == unreachable_for(told)
