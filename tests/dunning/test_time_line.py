"""The drawing of a campaign: every step once, in order, and no card upon another."""

from hypothesis import given

from dunning.queries.time_line import CARD, time_line
from dunning.rules.campaign_steps import WrittenStep
from dunning.rules.words import StepKind
from tests.rules.campaigns import STEPS, charge, good_steps


@given(STEPS)
def test_every_dated_step_stands_on_the_line_once_and_in_order(steps: list[WrittenStep]) -> None:
    line = time_line(steps)
    assert sorted(card.place for card in line.cards) == [n for n, s in enumerate(steps) if s.kind != StepKind.THANKS]
    days = [card.step.day for card in line.cards]
    assert days == sorted(days)
    assert all(line.first < day < line.last for day in [0, *days])


@given(STEPS)
def test_no_card_covers_another(steps: list[WrittenStep]) -> None:
    line = time_line(steps)
    width = line.span * CARD / (1 - CARD)
    for card in line.cards:
        later = [other for other in line.cards if other.lane == card.lane and other.step.day >= card.step.day]
        assert all(other is card or other.step.day >= card.step.day + width for other in later)


def test_due_date_is_no_tick_and_days_read_as_everywhere() -> None:
    line = time_line([*good_steps(), charge(0)])
    assert [tick.words for tick in line.ticks] == ["+7", "+14", "+21", "+28", "+35"]
    assert [card.day for card in line.cards][:2] == ["day −3", "day 0"]
