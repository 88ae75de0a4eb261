"""Steps that are no letters: once, at the campaign's pace, beside the letters, and never in a quiet time."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given

from dunning.rules.conditions import Condition
from dunning.rules.consequences import Charges
from dunning.rules.decide import decide
from dunning.rules.decisions import Close, Send, Wait
from dunning.rules.facts import CaseFacts, HoldFact, RunFact
from dunning.rules.limits import NO_LIMITS, Limits, Stop
from dunning.rules.plan_ahead import next_wait
from dunning.rules.plan_facts import StepFact
from dunning.rules.recheck import may_act, may_act_by_itself
from dunning.rules.rehearsal import Kind, Strategy, live
from dunning.rules.words import Attention, Delivery, Outcome, StepKind, Tone
from tests.rules.cases import DAY_ZERO, GAPS, PLAN, Event, Life, at, case, happen, invoice, reached


def action(number: int, kind: StepKind, day: int) -> StepFact:
    return StepFact(number, number, day, Tone.FRIENDLY, "email", kind=kind)


CALL, RESTRICT, HAND_OVER = (
    action(50, StepKind.TASK, 10),
    action(51, StepKind.RESTRICT, 30),
    action(52, StepKind.HAND_OVER, 45),
)
ACTING = replace(PLAN, actions=(CALL, RESTRICT, HAND_OVER))
FIRST_TWO = (reached(1, at(1)), reached(2, at(7)))


def debtor(*runs: RunFact, **facts: object) -> CaseFacts:
    return case(invoice(DAY_ZERO), runs=runs, **{"plan": ACTING, **facts})


def acts(decision: object) -> list[int]:
    return [act.step.id for act in decision.acts] if isinstance(decision, Send | Wait) else []


def test_task_is_taken_on_its_day_with_its_reason() -> None:
    before, day = decide(debtor(*FIRST_TWO), now=at(9)), decide(debtor(*FIRST_TWO), now=at(10))
    assert isinstance(before, Wait) and (before.acts, before.until) == ((), at(10, 9))
    assert before.reason == "next comes the task (day +10)"
    assert isinstance(day, Wait)
    assert [(a.step.id, a.reason) for a in day.acts] == [
        (50, "day +10: the oldest open amount fell due on 5 January 2026")
    ]
    assert day.until == at(14, 9)  # the next letter


def test_action_and_letter_of_one_day_are_taken_together() -> None:
    restrict = replace(ACTING, actions=(action(51, StepKind.RESTRICT, 14),))
    decision = decide(debtor(*FIRST_TWO, plan=restrict), now=at(14))
    assert isinstance(decision, Send) and decision.step.offset_days == 14
    assert acts(decision) == [51]
    wait = next_wait(debtor(*FIRST_TWO, plan=restrict), decision, now=at(14))
    assert wait and wait.acts == () and wait.until == at(30, 9)


def test_old_debt_begins_with_a_letter_and_no_action() -> None:
    decision = decide(debtor(), now=at(300))
    assert isinstance(decision, Send) and acts(decision) == []


def test_action_waits_for_the_letters_of_earlier_days() -> None:
    letters_done = tuple(reached(step, at(day)) for step, day in ((1, 1), (2, 7), (3, 14)))
    called = RunFact(50, Outcome.DONE, at(10))
    warned = debtor(*letters_done, called)
    assert acts(decide(warned, now=at(30))) == [51]
    bounced = debtor(*letters_done[:2], RunFact(3, Outcome.DELAYED, at(14)), called, channels=frozenset())
    assert acts(decide(bounced, now=at(30))) == []


def test_action_does_not_wait_for_a_letter_that_is_left_out_in_the_same_moment() -> None:
    unfit = replace(PLAN.reminders[2], conditions=(Condition("open_amount", "at_least", "500 EUR"),))
    plan = replace(ACTING, reminders=(unfit,), actions=(CALL,))
    decision = decide(debtor(plan=plan), now=at(10))
    assert [skip.step.id for skip in decision.skips] == [2]
    assert isinstance(decision, Wait) and acts(decision) == [50]
    assert decision.until > at(10)


def test_task_does_not_wait_for_a_letter_that_has_nowhere_to_go() -> None:
    unreachable = debtor(channels=frozenset())
    decision = decide(unreachable, now=at(10))
    assert acts(decision) == [50]
    assert isinstance(decision, Wait) and decision.attention == Attention.NO_ADDRESS


def test_actions_keep_the_campaigns_distance_after_a_gap() -> None:
    letters = tuple(reached(step, at(day)) for step, day in ((1, 1), (2, 7), (3, 14), (4, 30)))
    first = decide(debtor(*letters), now=at(100))
    assert acts(first) == [50]
    second = debtor(*letters, RunFact(50, Outcome.DONE, at(100)))
    assert [acts(decide(second, now=at(day))) for day in (100, 119, 120)] == [[], [], [51]]


@pytest.mark.parametrize(
    "quiet",
    [
        {"payment_pending": True},
        {"charge_ordered": True},
        {"money_unmatched": True},
        {"holds": (HoldFact("asked for time", None),)},
        {"holds": (HoldFact("disputed", None, invoice_id=1),)},
    ],
)
def test_nothing_acts_while_the_customer_is_left_alone(quiet: dict[str, object]) -> None:
    still = debtor(*FIRST_TWO, **quiet)
    assert acts(decide(still, now=at(10))) == []
    assert not may_act(still, at(10))
    assert may_act(debtor(*FIRST_TWO), at(10))


def test_action_is_taken_in_the_customers_day() -> None:
    night = decide(debtor(*FIRST_TWO), now=at(10, 20))
    assert isinstance(night, Wait) and (night.acts, night.until) == ((), at(11, 9))


def test_settled_case_closes_instead_of_acting() -> None:
    assert isinstance(decide(debtor(*FIRST_TWO, invoices=()), now=at(30)), Close)


def test_letter_that_waits_to_leave_does_not_keep_the_task_back() -> None:
    leaving = RunFact(2, Outcome.DONE, at(10), delivery=Delivery.PENDING)
    day_seven = replace(ACTING, actions=(action(50, StepKind.TASK, 7),))
    assert acts(decide(debtor(reached(1, at(1)), leaving, plan=day_seven), now=at(10))) == [50]


def test_case_for_the_agency_waits_for_a_person() -> None:
    everything = tuple(reached(step, at(day)) for step, day in ((1, 1), (2, 7), (3, 14), (4, 30)))
    done = (RunFact(50, Outcome.DONE, at(10)), RunFact(51, Outcome.DONE, at(30)), RunFact(52, Outcome.DONE, at(45)))
    before = decide(debtor(*everything, *done[:2]), now=at(44))
    after = decide(debtor(*everything, *done), now=at(46))
    assert isinstance(before, Wait) and (before.attention, before.until) == (Attention.NONE, at(45, 9))
    assert isinstance(after, Wait) and after.attention == Attention.HAND_OVER


@given(GAPS)
def test_through_any_days_each_action_is_taken_once_and_at_its_distance(days: list[tuple[int, Event]]) -> None:
    life = Life(debtor())
    taken: list[tuple[date, StepFact]] = []
    now = datetime.combine(DAY_ZERO, at(0).timetz())
    for hours, event in days:
        now += timedelta(hours=hours)
        happen(life, event, now)
        decision = life.look(now)
        if isinstance(decision, Close):
            return
        assert not decision.acts or may_act(life.facts, now)
        taken += [(now.date(), act.step) for act in decision.acts]
        if isinstance(decision, Wait):
            assert decision.until > now
            runs = tuple(RunFact(act.step.id, Outcome.DONE, now) for act in decision.acts)
            life.facts = replace(life.facts, runs=(*life.facts.runs, *runs))
    assert len({step.id for _, step in taken}) == len(taken)
    for (earlier_on, earlier), (later_on, later) in zip(taken, taken[1:], strict=False):
        assert (later_on - earlier_on).days >= later.offset_days - earlier.offset_days or later.offset_days == 0


VULNERABLE = Limits(is_vulnerable=True)
WARNED = tuple(reached(step, at(day)) for step, day in ((1, 1), (2, 7), (3, 14)))


def test_vulnerable_customer_is_called_but_not_restricted_by_itself() -> None:
    called = RunFact(50, Outcome.DONE, at(10))
    plan = replace(ACTING, reminders=PLAN.reminders[:4], actions=(CALL, RESTRICT, action(53, StepKind.TASK, 40)))
    frail = debtor(*WARNED, called, limits=VULNERABLE, plan=plan)
    decision = decide(frail, now=at(30))
    assert isinstance(decision, Wait) and decision.acts == ()
    assert decision.attention == Attention.VULNERABLE
    assert decision.reason.startswith("restriction of the service (day +30): the customer is marked as vulnerable")
    assert acts(decide(frail, now=at(40))) == [53]
    assert acts(decide(replace(frail, limits=NO_LIMITS), now=at(40))) == [51]


def test_vulnerable_customers_task_does_not_wait_for_the_letter_that_a_person_has_to_send() -> None:
    decision = decide(debtor(*FIRST_TWO[:1], limits=VULNERABLE), now=at(10))
    assert acts(decision) == [50]
    assert isinstance(decision, Wait) and decision.attention == Attention.VULNERABLE


def test_engine_does_nothing_harsh_to_a_vulnerable_customer_and_a_person_may() -> None:
    frail = debtor(*WARNED, limits=VULNERABLE)
    assert (may_act(frail, at(30)), may_act_by_itself(frail, at(30))) == (True, False)


def test_hold_on_charges_alone_stops_no_action() -> None:
    hold = HoldFact("card is being replaced", None, blocks_contact=False)
    assert acts(decide(debtor(*FIRST_TWO, holds=(hold,)), now=at(10))) == [50]
    assert may_act(debtor(*WARNED, holds=(hold,)), at(30))


def test_hold_that_blocks_contact_alone_stops_actions_although_cards_may_be_charged() -> None:
    hold = HoldFact("wants no letters", None, blocks_charges=False)
    assert acts(decide(debtor(*FIRST_TWO, holds=(hold,)), now=at(10))) == []
    assert not may_act(debtor(*WARNED, holds=(hold,)), at(30))


def test_rehearsal_tells_each_action_once_on_its_day() -> None:
    lived = live(
        debtor(), is_open=True, strategy=Strategy((), {}), until=at(60).date(), charges=Charges.FAIL, now=at(1)
    )
    told = [(event.on, event.what) for event in lived if event.kind == Kind.ACTION]
    assert told == [
        (at(10).date(), "task (day +10)"),
        (at(30).date(), "restriction of the service (day +30)"),
        (at(45).date(), "hand-over to an agency (day +45)"),
    ]


def test_action_whose_conditions_do_not_hold_on_its_day_is_left_out_and_the_road_goes_on() -> None:
    few = Condition("open_amount", "at_least", "500.00 EUR")
    plan = replace(ACTING, actions=(replace(CALL, conditions=(few,)), RESTRICT))
    decision = decide(debtor(*FIRST_TWO, plan=plan), now=at(10))
    assert isinstance(decision, Wait) and decision.acts == ()
    [skip] = decision.skips
    assert (skip.step.id, skip.unfit) == (CALL.id, True)
    assert skip.reason == "only if the open amount is at least 500.00 EUR; it is 100.00 EUR"
    assert decision.until == at(14, 9)
    rich = debtor(*FIRST_TWO, plan=plan, invoices=(invoice(DAY_ZERO, balance="900"),))
    assert acts(decide(rich, now=at(10))) == [CALL.id]


def test_actions_left_out_by_condition_are_told_in_a_rehearsal() -> None:
    few = Condition("open_amount", "at_least", "500.00 EUR")
    plan = replace(ACTING, actions=(replace(CALL, conditions=(few,)),))
    told = live(
        debtor(*FIRST_TWO, plan=plan), is_open=True, strategy=Strategy((), {}), until=date(2026, 1, 20),
        charges=Charges.FAIL, now=at(8),
    )  # fmt: skip
    assert [event.what for event in told if event.kind == Kind.SKIPPED] == ["task (day +10)"]


def test_action_left_out_puts_off_nothing_that_is_due_after_it() -> None:
    few = Condition("open_amount", "at_least", "500.00 EUR")
    plan = replace(ACTING, actions=(replace(CALL, conditions=(few,)), action(53, StepKind.TASK, 11)))
    decision = decide(debtor(*FIRST_TWO, plan=plan), now=at(12))
    assert isinstance(decision, Wait)
    assert ([skip.step.id for skip in decision.skips], acts(decision)) == ([CALL.id], [53])


def test_phone_call_is_left_out_where_calls_are_not_wanted_and_puts_nothing_off() -> None:
    plan = replace(ACTING, actions=(action(50, StepKind.CALL, 10), RESTRICT))
    no_calls = Limits(stops=(Stop("call", ""),))
    decision = decide(debtor(*FIRST_TWO, plan=plan, limits=no_calls), now=at(10))
    assert acts(decision) == []
    assert [(skip.step.id, skip.reason) for skip in decision.skips] == [(50, "the customer wants no phone calls")]
    assert acts(decide(debtor(*FIRST_TWO, plan=plan, limits=Limits(stops=(Stop("sms", ""),))), now=at(10))) == [50]
