"""The one thing to look at."""

from dunning.rules.figures.shares import wilson
from dunning.rules.figures.standing_out import Seen, furthest


def seen(key: str, part: int, whole: int) -> Seen:
    return Seen(key, part / whole, wilson(part, whole), whole)


def test_the_share_surely_furthest_beyond_its_limit_is_named() -> None:
    # 20 in 100 bounced: surely 13.3 %, 2.7 limits. 55 in 100 promises kept: perhaps 64.4 %, which is usual. 1 in 10: no
    # more than 40.4 %, 1.5 limits.
    bounced = seen("delivery/bounced", 20, 100)
    assert furthest([bounced, seen("promises/kept", 55, 100)]) == bounced
    assert furthest([bounced, seen("promises/kept", 1, 10)]) == bounced
    assert furthest([seen("promises/kept", 1, 10)]) == seen("promises/kept", 1, 10)


def test_one_bad_word_among_few_does_not_outweigh_many() -> None:
    # 1 in 40 reported spam: surely 0.4 %, 4.4 limits. 15 in 100 wrongful reminders: surely 9.3 %, 9.3 limits.
    spam, wrongful = seen("delivery/complained", 1, 40), seen("chases/wrongful", 15, 100)
    assert furthest([spam, wrongful]) == wrongful


def test_a_share_of_money_is_judged_by_how_many_things_there_are() -> None:
    # 400,000 of 2,000,000 is disputed: by one dispute that says little, by five it does.
    assert furthest([Seen("disputes/rate", 0.2, None, 1)]) is None
    assert furthest([Seen("disputes/rate", 0.2, None, 5)]) == Seen("disputes/rate", 0.2, None, 5)


def test_nothing_stands_out_where_all_is_usual_or_little_was_counted() -> None:
    assert furthest([seen("delivery/bounced", 5, 100), seen("promises/kept", 60, 100)]) is None
    assert furthest([seen("delivery/bounced", 2, 4), seen("promises/kept", 0, 4)]) is None
    assert furthest([]) is None
