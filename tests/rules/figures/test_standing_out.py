"""The one thing to look at."""

from dunning.rules.figures.standing_out import Seen, furthest


def test_the_share_furthest_beyond_its_limit_is_named() -> None:
    # 3 % wrongful is 3 limits; 10 % bounced is 2 limits; 55 % kept is 0.45/0.40 limits.
    wrongful, bounced = Seen("chases/wrongful", 3, 100), Seen("delivery/bounced", 10, 100)
    assert furthest([bounced, wrongful, Seen("promises/kept", 55, 100)]) == wrongful
    assert furthest([bounced, Seen("promises/kept", 1, 10)]) == Seen("promises/kept", 1, 10)


def test_nothing_stands_out_where_all_is_usual_or_little_was_counted() -> None:
    assert furthest([Seen("delivery/bounced", 5, 100), Seen("promises/kept", 60, 100)]) is None
    assert furthest([Seen("delivery/bounced", 2, 4), Seen("promises/kept", 0, 4)]) is None
    assert furthest([]) is None
