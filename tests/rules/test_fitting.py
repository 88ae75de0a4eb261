"""Steps with conditions: skipped on their day with the reason, and nothing after them gets harsher for it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.by_hand import hurry
from dunning.rules.conditions import Condition, check
from dunning.rules.decide import decide
from dunning.rules.decisions import Send, Wait
from dunning.rules.facts import CaseFacts, HoldFact, InvoiceFact, RunFact
from dunning.rules.plan_facts import PlanFact
from dunning.rules.recheck import Go, Withdraw, recheck
from dunning.rules.words import Attention, Delivery, Outcome
from tests.rules.cases import DAY_ZERO, PLAN, STEPS, Life, at, case, invoice, reached

OVER_500 = check("open_amount", "at_least", "500 EUR")
NEVER = Condition("loyalty", "is", "high")


def plan_where(**conditions: Condition) -> PlanFact:
    """The standard plan; `day_7=…` puts a condition on the step of that day."""
    by_day = {int(name.removeprefix("day_")): condition for name, condition in conditions.items()}
    steps = (replace(s, conditions=(by_day[s.offset_days],)) if s.offset_days in by_day else s for s in STEPS)
    return replace(PLAN, reminders=tuple(steps))


def ada(balance: str = "100", *, runs: tuple[RunFact, ...] = (), **conditions: Condition) -> CaseFacts:
    return case(invoice(DAY_ZERO, balance=balance), runs=runs, plan=plan_where(**conditions))


def test_step_goes_when_its_condition_holds_on_its_day() -> None:
    decision = decide(ada("500", runs=(reached(1, at(1)),), day_7=OVER_500), now=at(7))
    assert isinstance(decision, Send)
    assert decision.step.offset_days == 7


def test_step_is_skipped_with_its_reason_when_it_does_not_hold() -> None:
    decision = decide(ada("120", runs=(reached(1, at(1)),), day_7=OVER_500), now=at(7))
    assert isinstance(decision, Wait)
    assert [(skip.step.offset_days, skip.reason) for skip in decision.skips] == [
        (7, "only if the open amount is at least 500.00 EUR; it is 120.00 EUR")
    ]
    assert decision.step
    assert decision.step.offset_days == 14


def test_condition_is_told_before_its_day_and_judged_on_it() -> None:
    decision = decide(ada("120", runs=(reached(1, at(1)),), day_7=OVER_500), now=at(2))
    assert isinstance(decision, Wait)
    assert decision.skips == ()
    assert decision.reason.endswith("; only if open amount is at least 500.00 EUR")


def test_held_invoices_do_not_count_as_open() -> None:
    facts = replace(
        ada("300", runs=(reached(1, at(1)),), day_7=OVER_500),
        invoices=(invoice(DAY_ZERO, balance="300"), invoice(DAY_ZERO, number=2, balance="400")),
    )
    assert isinstance(decide(facts, now=at(7)), Send)
    disputed = replace(facts, holds=(HoldFact("disputed", None, 2),))
    assert isinstance(decide(disputed, now=at(7)), Wait)


def test_skipped_step_does_not_let_the_next_one_jump_a_tone() -> None:
    runs = (reached(1, at(1)), RunFact(2, Outcome.SKIPPED, at(7)))
    decision = decide(ada(runs=runs), now=at(14))
    assert isinstance(decision, Wait)
    assert [skip.reason for skip in decision.skips] == [
        "too firm: the step that should have come before it was left out"
    ]
    assert hurry(ada(runs=runs), now=at(13), who="Maria", meant=3) == (
        "The firm reminder (day +14) is too firm: the step before it was left out."
    )


def test_first_step_left_out_lets_the_second_begin_one_level_higher() -> None:
    decision = decide(ada(day_1=NEVER), now=at(7))
    assert isinstance(decision, Send)
    assert decision.step.offset_days == 7
    assert "cannot be read" in decision.skips[1].reason


def test_campaign_without_a_fitting_step_ends_with_a_person() -> None:
    facts = ada(**dict.fromkeys(("day_1", "day_7", "day_14", "day_30"), NEVER))
    decision = decide(facts, now=at(40))
    assert isinstance(decision, Wait)
    assert decision.attention is Attention.END_OF_ROAD
    assert decision.reason.startswith("no further reminder fits")


def test_gap_replaces_nothing_by_a_step_that_does_not_fit() -> None:
    decision = decide(ada(day_7=NEVER), now=at(10))
    assert isinstance(decision, Send)
    assert decision.step.offset_days == 1


def test_last_look_withdraws_a_letter_whose_condition_fell() -> None:
    queued = RunFact(2, Outcome.DONE, at(7), delivery=Delivery.PENDING)
    runs = (reached(1, at(1)), queued)
    step = plan_where(day_7=OVER_500).reminders[2]
    assert isinstance(recheck(ada("500", runs=runs, day_7=OVER_500), step, case_is_open=True, now=at(7)), Go)
    verdict = recheck(ada("499", runs=runs, day_7=OVER_500), step, case_is_open=True, now=at(7))
    assert isinstance(verdict, Withdraw)
    assert verdict.outcome is Outcome.DELAYED


def test_letter_by_hand_goes_whatever_its_condition_says() -> None:
    decision = hurry(ada(runs=(reached(1, at(1)),), day_7=NEVER), now=at(3), who="Maria", meant=2)
    assert isinstance(decision, Send)


def test_last_letter_is_opened_when_the_newest_one_is() -> None:
    unopened = check("last_letter", "is", "not opened")
    first = replace(reached(1, at(1)), opened=True)
    assert isinstance(decide(ada(runs=(first,), day_7=unopened), now=at(7)), Wait)
    assert isinstance(decide(ada(runs=(reached(1, at(1)),), day_7=unopened), now=at(7)), Send)


def test_share_counts_an_invoice_in_a_plan_once() -> None:
    half = check("open_share", "at_least", "50 %")
    one = InvoiceFact(1, DAY_ZERO, Decimal(100), "EUR", Decimal(400))
    parts = (one, replace(one, due_on=DAY_ZERO + timedelta(days=1)))
    facts = replace(ada(runs=(reached(1, at(1)),), day_7=half), invoices=parts)
    assert isinstance(decide(facts, now=at(8)), Send)
    assert isinstance(decide(replace(facts, invoices=parts[:1]), now=at(8)), Wait)


@given(
    st.dictionaries(st.sampled_from(["day_1", "day_7", "day_14", "day_30"]), st.sampled_from([NEVER, OVER_500])),
    st.lists(st.integers(1, 9), max_size=12),
)
def test_whatever_is_left_out_tone_rises_one_level_at_a_time_and_every_step_is_told_once(
    conditions: dict[str, Condition], gaps: list[int]
) -> None:
    life, day = Life(ada("300", **conditions)), 0
    for gap in gaps:
        life.look(at(day := day + gap))
    tones = [0, *(int(letter.step.tone) for _, letter in life.letters)]
    assert all(
        later - earlier <= 1 or (earlier == 0 and later == 2) for earlier, later in zip(tones, tones[1:], strict=False)
    )
    told = [run.step_id for run in life.facts.runs]
    assert len(told) == len(set(told))
