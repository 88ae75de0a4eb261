"""What a decision is in plain situations, and what it never is in any."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.by_hand import hurry
from dunning.rules.decide import decide
from dunning.rules.decisions import Close, Send, Wait
from dunning.rules.facts import HoldFact, RunFact
from dunning.rules.holding import without_held
from dunning.rules.plan_ahead import wait_after
from dunning.rules.recheck import Go, Withdraw, recheck, unsent
from dunning.rules.words import Attention, Delivery, Ending, Outcome
from tests.rules.cases import DAY_ZERO, EVENTS, GAPS, STEPS, ZONES, Event, Life, at, case, happen, invoice, reached

DUE = DAY_ZERO
DAY_ONE = 1


def test_invoice_due_in_a_month_is_nobodys_business_yet() -> None:
    assert isinstance(decide(case(invoice(DUE + timedelta(days=30))), now=at(0)), Close)


def test_reminder_before_the_due_date_goes_three_days_ahead() -> None:
    decision = decide(case(invoice(DUE)), now=at(-3))
    assert isinstance(decision, Send)
    assert (decision.step.offset_days, decision.reason) == (
        -3,
        "day −3: the oldest open invoice falls due on 5 January 2026",
    )


def test_letter_waits_for_the_customers_morning() -> None:
    decision = decide(case(invoice(DUE), zone="America/Los_Angeles"), now=at(1, hour=10))
    assert isinstance(decision, Wait)
    assert decision.until == datetime(2026, 1, 6, 17, 0, tzinfo=UTC)
    assert "America/Los_Angeles" in decision.reason


def test_morning_that_daylight_saving_skips_is_still_one_moment() -> None:
    facts = case(invoice(date(2026, 3, 28)), zone="Europe/Berlin")
    decision = decide(facts, now=datetime(2026, 3, 28, 20, 0, tzinfo=UTC))
    assert isinstance(decision, Wait)
    assert decision.until == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)  # 9:00 in Berlin, summer time since 2:00


def test_first_letter_about_an_old_debt_is_friendly() -> None:
    decision = decide(case(invoice(DUE)), now=at(400))
    assert isinstance(decision, Send)
    assert decision.step.offset_days == 1
    assert [skip.step.offset_days for skip in decision.skips] == [-3]


def test_gap_sends_only_the_latest_due_step_and_says_why_the_others_went() -> None:
    runs = (reached(0, at(-3)),)
    decision = decide(case(invoice(DUE), runs=runs), now=at(10))
    assert isinstance(decision, Send)
    assert decision.step.offset_days == 7
    assert [skip.reason for skip in decision.skips] == [
        "its day, 6 January 2026, had passed; only the latest due step is sent (day +7)"
    ]


def test_gap_never_jumps_a_tone() -> None:
    runs = (RunFact(0, Outcome.SKIPPED, at(0)), reached(1, at(1)))
    decision = decide(case(invoice(DUE), runs=runs), now=at(90))
    assert isinstance(decision, Send)
    assert decision.step.offset_days == 7


def test_customer_hold_waits_until_the_day_after_its_last() -> None:
    facts = case(invoice(DUE), holds=(HoldFact("holiday", DUE + timedelta(days=5)),))
    decision = decide(facts, now=at(2))
    assert isinstance(decision, Wait)
    assert decision.until == at(6, hour=9)
    assert decision.reason == "on hold until 10 January 2026: holiday"


def test_held_invoice_does_not_silence_the_others() -> None:
    held = HoldFact("disputed", None, invoice_id=1)
    facts = case(invoice(DUE - timedelta(days=20), number=1), invoice(DUE, number=2), holds=(held,))
    decision = decide(facts, now=at(1))
    assert isinstance(decision, Send)
    assert decision.anchor_on == DUE


def test_pending_payment_keeps_the_letter_back() -> None:
    decision = decide(case(invoice(DUE), payment_pending=True), now=at(1))
    assert isinstance(decision, Wait)
    assert "payment is under way" in decision.reason


def test_money_at_the_bank_that_nobody_has_matched_keeps_reminders_here() -> None:
    facts = case(invoice(DUE), money_unmatched=True)
    decision = decide(facts, now=at(1))
    assert isinstance(decision, Wait)
    assert decision.reason == "money arrived, not yet matched: a person looks at it"
    assert "Match it first" in str(hurry(facts, now=at(1), who="nia", meant=DAY_ONE))


def test_missing_address_asks_for_a_person() -> None:
    decision = decide(case(invoice(DUE), channels=frozenset()), now=at(1))
    assert isinstance(decision, Wait)
    assert (decision.attention, decision.delays) == (Attention.NO_ADDRESS, True)


def test_everything_sent_gives_a_week_and_then_asks_for_a_person() -> None:
    runs = tuple(reached(step, at(30)) for step in range(5))
    patient = decide(case(invoice(DUE), runs=runs), now=at(31))
    over = decide(case(invoice(DUE), runs=runs), now=at(38))
    assert isinstance(patient, Wait)
    assert isinstance(over, Wait)
    assert (patient.attention, over.attention) == (Attention.NONE, Attention.END_OF_ROAD)


def test_settled_case_closes_with_thanks_when_a_reminder_had_reached_the_customer() -> None:
    thanked = decide(case(runs=(reached(1, at(1)),)), now=at(2))
    unsent = decide(case(runs=(RunFact(1, Outcome.DONE, at(1)),)), now=at(2))
    assert isinstance(thanked, Close)
    assert isinstance(unsent, Close)
    assert (thanked.ending, thanked.thanks is not None) == (Ending.SETTLED, True)
    assert unsent.thanks is None


def test_hurry_takes_the_next_step_and_refuses_what_a_decision_would_refuse() -> None:
    hurried = partial(hurry, who="nia", meant=DAY_ONE)
    assert isinstance(hurried(case(invoice(DUE)), now=at(1, hour=3)), Send)
    assert "on hold" in str(hurried(case(invoice(DUE), holds=(HoldFact("ill", None),)), now=at(1)))
    assert "payment is under way" in str(hurried(case(invoice(DUE), payment_pending=True), now=at(1)))
    assert "nothing to remind of" in str(hurried(case(), now=at(1)))
    assert "address" in str(hurried(case(invoice(DUE), channels=frozenset()), now=at(1)))


def test_hurry_sends_no_other_step_than_the_one_that_was_meant() -> None:
    sent = (reached(DAY_ONE, at(1)),)
    said = hurry(case(invoice(DUE), runs=sent), now=at(1), who="nia", meant=DAY_ONE)
    assert said == "The next step is now the clear reminder (day +7); look again."


def test_hurry_takes_the_step_a_decision_would_take() -> None:
    facts = case(invoice(DUE), runs=(reached(0, at(-3)),))
    decided = decide(facts, now=at(8))
    hurried = hurry(facts, now=at(8), who="nia", meant=2)
    assert isinstance(decided, Send)
    assert isinstance(hurried, Send)
    assert (hurried.step, hurried.skips) == (decided.step, decided.skips)


@given(GAPS, st.integers(-10, 400), ZONES)
def test_letters_are_never_early_twice_milder_hurried_or_without_reason(
    gaps: list[tuple[int, Event]], age: int, zone: str
) -> None:
    life = Life(case(invoice(DAY_ZERO - timedelta(days=age)), zone=zone))
    now = at(0)
    for hours, event in gaps:
        before = life.facts
        decision = life.look(now)
        assert decision.reason
        assert all(skip.reason for skip in decision.skips)
        if isinstance(decision, Send):
            collectable = without_held(before, list(before.invoices), now)
            oldest = min(i.due_on for i in collectable)
            assert before.local(now).date() >= oldest + timedelta(days=decision.step.offset_days)
            assert before.lets_letters_in(now)
            assert not before.payment_pending
            assert not before.money_unmatched
            assert not [h for h in before.holds_in_force(now) if h.invoice_id is None]
            assert wait_after(before, decision, now=now).until > now
        elif isinstance(decision, Wait):
            assert decision.until > now
        else:
            break  # closed: a new debt begins a new case
        now += timedelta(hours=hours)
        happen(life, event, now)
    steps = [send.step for _, send in life.letters]
    assert len({step.id for step in steps}) == len(steps)
    assert [step.position for step in steps] == sorted(step.position for step in steps)
    for (earlier_at, earlier), (later_at, later) in zip(life.letters, life.letters[1:], strict=False):
        assert 0 <= later.step.tone - earlier.step.tone <= 1
        distance = later.step.offset_days - earlier.step.offset_days
        assert (life.facts.local(later_at).date() - life.facts.local(earlier_at).date()).days >= distance


@given(st.lists(EVENTS, max_size=20), st.integers(0, 23))
def test_same_facts_and_clock_give_the_same_decision(events: list[Event], hour: int) -> None:
    life = Life(case(invoice(DAY_ZERO)))
    for day, event in enumerate(events):
        happen(life, event, at(day))
    now = at(len(events), hour=hour)
    assert decide(life.facts, now=now) == decide(life.facts, now=now)


@given(st.lists(EVENTS, max_size=10))
def test_nothing_is_sent_to_somebody_who_owes_nothing(events: list[Event]) -> None:
    life = Life(case(invoice(DAY_ZERO)))
    for day, event in enumerate(events):
        happen(life, event, at(day))
        life.look(at(day))
    life.facts = case(runs=life.facts.runs, holds=life.facts.holds)
    assert isinstance(decide(life.facts, now=at(60)), Close)


def test_reminder_that_waits_to_leave_keeps_the_next_one_back() -> None:
    waiting = RunFact(1, Outcome.DONE, at(1), delivery=Delivery.PENDING)
    decision = decide(case(invoice(DUE), runs=(waiting,)), now=at(20))
    assert isinstance(decision, Wait)
    assert decision.reason == "the last reminder is still waiting to leave"


def test_warning_that_reached_nobody_does_not_count() -> None:
    refused = (RunFact(1, Outcome.DELAYED, at(1)), RunFact(2, Outcome.DELAYED, at(7)))
    decision = decide(case(invoice(DUE), runs=refused), now=at(14))
    assert isinstance(decision, Send)
    assert decision.step.offset_days == 1


def test_invoice_that_no_reminder_named_begins_its_own_case() -> None:
    decision = decide(case(invoice(DUE, number=2), runs=(reached(1, at(1), 1),)), now=at(14))
    assert isinstance(decision, Close)
    assert decision.ending == Ending.CURED


def test_recheck_lets_a_step_go_that_would_be_decided_again() -> None:
    queued = RunFact(1, Outcome.DONE, at(1), delivery=Delivery.PENDING)
    verdict = recheck(case(invoice(DUE), runs=(queued,)), STEPS[1], case_is_open=True, now=at(1))
    assert isinstance(verdict, Go)
    assert (verdict.invoices, verdict.next_at) == ((invoice(DUE),), at(7, hour=9))


def test_recheck_withdraws_a_firm_letter_once_only_a_young_debt_is_left() -> None:
    runs = (
        reached(1, at(-13), 1, 2),
        reached(2, at(-7), 1, 2),
        RunFact(3, Outcome.DONE, at(1), delivery=Delivery.PENDING),
    )
    verdict = recheck(case(invoice(DUE, number=2), runs=runs), STEPS[3], case_is_open=True, now=at(1))
    assert isinstance(verdict, Withdraw)
    assert verdict.outcome == Outcome.DELAYED


def test_recheck_withdraws_a_letter_whose_day_has_passed_for_the_one_that_is_due_now() -> None:
    queued = RunFact(0, Outcome.DONE, at(-3), delivery=Delivery.PENDING)
    verdict = recheck(case(invoice(DUE), runs=(queued,)), STEPS[0], case_is_open=True, now=at(9))
    assert isinstance(verdict, Withdraw)


@given(GAPS, st.integers(-10, 60))
def test_what_goes_after_the_last_look_is_what_would_be_decided_now(gaps: list[tuple[int, Event]], age: int) -> None:
    """Whatever happens between queueing and leaving: a letter leaves only if the decision still is this very step."""
    life = Life(case(invoice(DAY_ZERO - timedelta(days=age))))
    now = at(0)
    for hours, event in gaps:
        decision = decide(life.facts, now=now)
        if not isinstance(decision, Send):
            life.look(now)
            now += timedelta(hours=hours)
            happen(life, event, now)
            continue
        pending = RunFact(decision.step.id, Outcome.DONE, now, delivery=Delivery.PENDING)
        queued = replace(life.facts, runs=(*life.facts.runs, pending))
        life.facts = queued
        now += timedelta(hours=hours)
        happen(life, event, now)
        verdict = recheck(life.facts, decision.step, case_is_open=True, now=now)
        life.facts = unsent(life.facts)
        fresh = decide(life.facts, now=now)
        if isinstance(verdict, Go):
            assert isinstance(fresh, Send)
            assert fresh.step == decision.step
            life.look(now)
        elif isinstance(verdict, Withdraw):
            assert not (isinstance(fresh, Send) and fresh.step == decision.step)
