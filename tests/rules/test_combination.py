"""All rules at once: conditions, caps, habits, hours, holds of every kind, review, cards and actions in one life.

`LIVES=100000 uv run pytest -n0 tests/rules/test_combination.py` lives as many lives.
"""

import os
from dataclasses import replace
from datetime import datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunning.rules.conditions import Condition
from dunning.rules.consequences import Charges
from dunning.rules.facts import CaseFacts, HoldFact
from dunning.rules.habits import Habit
from dunning.rules.hours import OpenHours
from dunning.rules.limits import Cap, Limits, Stop
from dunning.rules.plan_facts import PlanFact, StepFact
from dunning.rules.words import ACTIONS, StepKind, Tone
from payments.rules.retry_facts import StoredMethod
from tests.rules.cases import DAY_ZERO, EVENTS, PLAN, ZONES, Event, Life, at, case, happen, invoice
from tests.rules.desk import Desk

LIVES = int(os.environ.get("LIVES", "150"))
CONDITIONS = st.sampled_from(
    [
        Condition("open_amount", "at_least", "150 EUR"),
        Condition("open_invoices", "less_than", "2"),
        Condition("last_letter", "is", "unopened"),
    ]
)
FEW = st.sampled_from([(), (), (Condition("open_amount", "at_least", "150 EUR"),)])
THEN = st.sampled_from([(), (), ("sms",), ("in_app", "sms")])
HABITS = st.builds(
    Habit,
    weekday=st.none() | st.integers(1, 7),
    hour=st.none() | st.integers(8, 18),
    never_late=st.booleans(),
    channel=st.sampled_from(["", "", "email", "sms"]),
)
LIMITS = st.builds(
    Limits,
    caps=st.sampled_from([(), (Cap(1, 1, "ours"), Cap(3, 7, "ours")), (Cap(1, 10, "ours", "email"),)]),
    stops=st.sampled_from([(), (), (Stop("", "early"),), (Stop("email", "reminders"),)]),
    hours=st.sampled_from([(), (OpenHours(time(10), time(16), "12345"), OpenHours(time(20), time(21), "67"))]),
    is_vulnerable=st.sampled_from([False, False, False, True]),
)
GAPS_IN_HOURS = st.sampled_from([0, 0, 1, 5, 20, 60, 200])  # until the next look; 0: until the clock rings
WISHES = st.sampled_from(["", "", "", "release", "drop", "hurry"])  # what a person does before it
BLOCKS = st.sampled_from([(True, True), (True, False), (False, True), (False, False)])  # letters, charges: of a hold
DAYS = st.lists(st.tuples(GAPS_IN_HOURS, EVENTS, WISHES, BLOCKS), min_size=1, max_size=40)


@st.composite
def plans(draw: st.DrawFn) -> PlanFact:
    """Campaigns as they may be published: days rise, tones rise by one level at most."""
    return replace(
        PLAN,
        reminders=draw(reminders()),
        charges=draw(beside(50, st.just(StepKind.CHARGE), most=2)),
        actions=draw(beside(70, st.sampled_from([StepKind(kind) for kind in ACTIONS]), most=3)),
        working_days_only=draw(st.booleans()),
        uses_profile=True,
    )


@st.composite
def reminders(draw: st.DrawFn) -> tuple[StepFact, ...]:
    day, tone, steps = draw(st.integers(-3, 3)), Tone.FRIENDLY, []
    for number in range(draw(st.integers(1, 5))):
        conditions = tuple(draw(st.lists(CONDITIONS, max_size=1)))
        is_reviewed = draw(st.integers(0, 3)) == 0
        ways = {"then": draw(THEN), "wait_hours": draw(st.sampled_from([0, 0, 24, 60]))}
        steps.append(StepFact(number, number, day, tone, "email", conditions, is_reviewed, **ways))
        day += draw(st.sampled_from([1, 2, 3, 7]))
        tone = Tone(min(tone + draw(st.integers(0, 1)), Tone.FORMAL))
    return tuple(steps)


@st.composite
def beside(draw: st.DrawFn, first_id: int, kinds: st.SearchStrategy[StepKind], *, most: int) -> tuple[StepFact, ...]:
    """Steps that are no letters, on any days."""
    days = sorted(draw(st.lists(st.integers(0, 15), max_size=most)))
    return tuple(
        StepFact(first_id + n, first_id + n, day, Tone.FRIENDLY, "email", draw(FEW), kind=draw(kinds))
        for n, day in enumerate(days)
    )


@st.composite
def customers(draw: st.DrawFn) -> CaseFacts:
    """Customers of any kind, on any campaign, with one invoice."""
    return case(
        invoice(DAY_ZERO - timedelta(days=draw(st.sampled_from([0, 0, 40])))),
        zone=draw(ZONES),
        plan=draw(plans()),
        country="DE",
        habit=draw(HABITS),
        limits=draw(LIMITS),
        methods=draw(st.sampled_from([(), (StoredMethod(1, "Visa", "4242", at(-30)),)])),
        channels=draw(
            st.sampled_from([frozenset(each) for each in (["email"], ["email", "sms"], ["sms", "in_app"], [])])
        ),
    )


@settings(max_examples=LIVES, suppress_health_check=[HealthCheck.too_slow])
@given(customers(), st.sampled_from(Charges), DAYS)
def test_whatever_comes_together_nothing_is_done_twice_too_early_or_in_a_quiet_time(
    customer: CaseFacts, charges: Charges, days: list[tuple[int, Event, str, tuple[bool, bool]]]
) -> None:
    now = at(-6)
    desk = Desk(customer, charges, now)
    for hours, event, wish, blocks in days:
        now = now + timedelta(hours=hours) if hours else max(now, desk.rings_at)
        if event.kind != "nothing":
            desk.facts = _after(event, desk.facts, blocks, now)
            desk.wake(now)
        if wish:
            getattr(desk, wish)(now)
        desk.turn(now)


def _after(event: Event, facts: CaseFacts, blocks: tuple[bool, bool], now: datetime) -> CaseFacts:
    """The facts once this has happened; a hold is on one invoice or on the customer, and blocks what it says."""
    life = Life(facts, numbers=max((one.id for one in facts.invoices), default=0) + 100)
    happen(life, event, now)
    if event.kind != "hold":
        return life.facts
    *holds, placed = life.facts.holds
    targets = [*(one.id for one in facts.invoices), None]
    on = targets[event.index % len(targets)]
    held = HoldFact("any", placed.until_on, on, blocks_contact=blocks[0], blocks_charges=blocks[1])
    return replace(facts, holds=(*holds, held))
