"""A case on another version: what was sent counts, so that nothing comes twice and nothing gets milder."""

from collections import Counter
from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.carry_over import carried_over
from dunning.rules.decide import decide
from dunning.rules.decisions import Send
from dunning.rules.facts import RunFact
from dunning.rules.plan_facts import PlanFact, StepFact
from dunning.rules.words import Delivery, Outcome, StepKind, Tone
from tests.rules.cases import DAY_ZERO, PLAN, STEPS, Life, at, case, invoice, reached

F, C, FIRM, FORMAL = Tone


def plan(*days: tuple[int, Tone], charges: tuple[int, ...] = ()) -> PlanFact:
    steps = tuple(StepFact(500 + n, n, day, tone, "email") for n, (day, tone) in enumerate(days))
    charged = tuple(StepFact(700 + n, 100 + n, day, F, "email") for n, day in enumerate(charges))
    return PlanFact(2, steps, None, time(9), time(18), charges=charged)


def counts_as(sent: list[int], *days: tuple[int, Tone]) -> int | None:
    """The day of the new version up to which steps count as sent, when these steps of the default plan were."""
    runs = [reached(place, at(STEPS[place].offset_days)) for place in sent]
    found = carried_over(runs, [PLAN], plan(*days))
    return next((day for run in found for n, (day, _) in enumerate(days) if run.step_id == 500 + n), None)


@pytest.mark.parametrize(
    ("sent", "days", "expected"),
    [
        ([], [(1, F), (7, C)], None),
        ([1, 2], [(1, F), (7, C), (14, FIRM)], 7),
        ([1, 2], [(1, F), (10, C), (14, FIRM)], 10),  # the clear letter moved: it is not sent again
        ([1, 2], [(1, F), (5, C), (12, C), (14, FIRM)], 5),  # a second clear letter is new
        ([1, 2], [(1, F), (4, F), (9, F), (14, FIRM)], 9),  # whoever had a clear one gets no friendly one
        ([0], [(-5, F), (1, F)], -5),
        ([0], [(1, F), (7, C)], None),  # before the due date is another thing than after it
        ([0, 1], [(2, F), (7, C)], 2),
        ([1, 2, 3, 4], [(1, F), (20, FORMAL), (40, FORMAL)], 20),
        ([1, 2, 3], [(1, F), (5, C)], 5),
    ],
)
def test_case_goes_on_after_what_was_sent(sent: list[int], days: list[tuple[int, Tone]], expected: int | None) -> None:
    assert counts_as(sent, *days) == expected


@pytest.mark.parametrize("where", [Delivery.PENDING, Delivery.PROPOSED])
def test_letter_that_waits_does_not_count(where: Delivery) -> None:
    waiting = RunFact(1, Outcome.DONE, at(1), delivery=where)
    assert carried_over([waiting], [PLAN], plan((1, F), (7, C))) == ()


def test_skipped_step_does_not_count() -> None:
    assert carried_over([RunFact(1, Outcome.SKIPPED, at(1))], [PLAN], plan((1, F), (7, C))) == ()


def test_day_of_the_last_letter_and_what_it_named_are_kept() -> None:
    [run] = carried_over([reached(1, at(1)), reached(2, at(9), 3)], [PLAN], plan((1, F), (7, C)))
    assert (run.decided_at, run.named, run.delivery) == (at(9), frozenset({3}), Delivery.REACHED)


def test_charges_taken_count_by_day_and_by_number() -> None:
    old = replace(PLAN, charges=(StepFact(50, 50, 0, F, "email"), StepFact(51, 51, 5, F, "email")))
    runs = [RunFact(50, Outcome.DONE, at(0)), RunFact(51, Outcome.SKIPPED, at(5))]
    assert [run.step_id for run in carried_over(runs, [old], plan((1, F), charges=(3, 4, 20)))] == [700, 701]
    assert [run.step_id for run in carried_over(runs[:1], [old], plan((1, F), charges=(8, 20)))] == [700]


def test_actions_taken_count_each_kind_by_itself() -> None:
    def actions(first: int, *days: tuple[int, StepKind]) -> tuple[StepFact, ...]:
        return tuple(StepFact(first + n, first + n, day, F, "email", kind=kind) for n, (day, kind) in enumerate(days))

    old = replace(PLAN, actions=actions(50, (10, StepKind.TASK), (20, StepKind.RESTRICT), (25, StepKind.TASK)))
    now = replace(plan((1, F)), actions=actions(800, (12, StepKind.TASK), (30, StepKind.RESTRICT), (40, StepKind.TASK)))
    runs = [RunFact(50, Outcome.DONE, at(10)), RunFact(51, Outcome.DONE, at(20))]
    assert [run.step_id for run in carried_over(runs, [old], now)] == [800, 801]


def test_step_done_under_the_new_version_itself_is_left_alone() -> None:
    runs = [reached(1, at(1)), reached(500, at(8))]
    assert carried_over(runs, [PLAN], plan((1, F), (7, C))) == ()


@st.composite
def plans(draw: st.DrawFn) -> PlanFact:
    """Any version that the check lets through: days rise, and the tone by one level at most."""
    days = sorted(draw(st.sets(st.integers(-5, 40), min_size=1, max_size=6)))
    tones = [draw(st.sampled_from([F, C]))]
    for _ in days[1:]:
        tones.append(Tone(min(FORMAL, tones[-1] + draw(st.integers(0, 1)))))
    return plan(*zip(days, tones, strict=True))


@given(plans(), st.integers(-4, 45))
def test_nobody_gets_anything_twice_or_milder_after_a_move(new: PlanFact, moved_on: int) -> None:
    life = Life(case(invoice(DAY_ZERO)))
    for day in range(-5, moved_on):
        life.look(at(day))
    before = [send.step for _, send in life.letters]
    carried = carried_over(life.facts.runs, [PLAN], new)
    life.facts = replace(life.facts, plan=new, runs=(*life.facts.runs, *carried))
    for day in range(moved_on, 90):
        life.look(at(day))
    after = [send.step for _, send in life.letters[len(before) :]]
    tones = [step.tone for step in (*before, *after)]
    assert tones == sorted(tones)
    had = Counter((step.tone, step.offset_days < 0) for step in before)
    offered = Counter((step.tone, step.offset_days < 0) for step in new.reminders)
    for group, number in Counter((step.tone, step.offset_days < 0) for step in after).items():
        assert number <= max(0, offered[group] - had[group])


@given(plans(), st.integers(2, 45))
def test_two_letters_keep_the_new_version_s_distance_across_a_move(new: PlanFact, moved_on: int) -> None:
    life = Life(case(invoice(DAY_ZERO)))
    for day in range(-5, moved_on):
        life.look(at(day))
    carried = carried_over(life.facts.runs, [PLAN], new)
    life.facts = replace(life.facts, plan=new, runs=(*life.facts.runs, *carried))
    at_once = decide(life.facts, now=at(moved_on))
    if carried and isinstance(at_once, Send):
        place = [step.id for step in new.reminders].index(carried[0].step_id)
        distance = at_once.step.offset_days - new.reminders[place].offset_days
        assert at(moved_on) - life.letters[-1][0] >= timedelta(days=distance)
