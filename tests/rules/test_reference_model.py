"""The engine's decisions beside those of a clerk with a card index, over any life of a customer.

`CASE_DAYS=1000000 uv run pytest -n0 -s tests/rules/test_reference_model.py` compares as many days of cases.
"""

import os
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dunning.rules.decisions import Close, Send
from dunning.rules.holding import hold_in_force
from tests.rules.cases import DAY_ZERO, Event, Life, at, case, happen, invoice
from tests.rules.clerk import Clerk

CASE_DAYS = int(os.environ.get("CASE_DAYS", "20000"))
DAYS_OF_A_LIFE = 120


class Beside:
    """A customer whom both look after: the decisions, and the clerk."""

    def __init__(self, now: datetime) -> None:
        self.life = Life(case(invoice(DAY_ZERO)))
        self.clerk = Clerk()
        self.now = now
        self.letters = 0

    def look(self) -> None:
        """Both look at the customer now, and must come to the same letter or to none."""
        hold = hold_in_force(self.life.facts, self.now)
        written = self.clerk.writes(
            self.now,
            {invoice.id: invoice.due_on for invoice in self.life.facts.invoices},
            hold.until_on if hold else None,
            self.life.facts.payment_pending or self.life.facts.money_unmatched,
        )
        decided = self._decided()
        assert decided == written, (self.now, self.life.facts, self.clerk)
        self.letters += decided is not None

    def _decided(self) -> int | None:
        decision = self.life.look(self.now)
        if isinstance(decision, Close):  # what else is due begins a case of its own in the same turn
            self.life.facts = replace(self.life.facts, runs=())
            decision = self.life.look(self.now)
        return decision.step.position if isinstance(decision, Send) else None


class LivesBesideAClerk(RuleBasedStateMachine):
    """Any order of bills, payments, holds, money on its way and time that passes."""

    def __init__(self) -> None:
        super().__init__()
        self.beside = Beside(at(-5, hour=0))

    @rule(kind=st.sampled_from(["pay", "hold", "pend", "money"]), index=st.integers(0, 5), days=st.integers(0, 20))
    def something_happens(self, kind: str, index: int, days: int) -> None:
        happen(self.beside.life, Event(kind, index, days), self.beside.now)

    @rule(days=st.integers(-40, 40))
    def a_bill_comes(self, days: int) -> None:
        happen(self.beside.life, Event("bill", 0, days), self.beside.now)

    @rule(hours=st.integers(1, 12))
    def hours_pass(self, hours: int) -> None:
        self.beside.now += timedelta(hours=hours)

    @rule(days=st.integers(1, 30))
    def nobody_looks_for_days(self, days: int) -> None:
        self.beside.now += timedelta(days=days)

    @invariant()
    def both_write_the_same(self) -> None:
        self.beside.look()


TestLivesBesideAClerk = LivesBesideAClerk.TestCase
TestLivesBesideAClerk.settings = settings(deadline=None, max_examples=60, stateful_step_count=60)


def test_no_letter_is_missing_early_or_doubled_in_any_of_many_case_days() -> None:
    chance, letters = random.Random(20260302), Counter[str]()
    for _ in range(CASE_DAYS // DAYS_OF_A_LIFE):
        letters["written"] += _live(chance)
    print(f"{CASE_DAYS} case-days, {letters['written']} letters, each as the clerk would have written it")  # noqa: T201
    assert letters["written"] > CASE_DAYS // 100


def _live(chance: random.Random) -> int:
    beside = Beside(at(-10, hour=chance.randrange(24)))
    kinds, weights = zip(("pay", 4), ("bill", 4), ("hold", 2), ("pend", 1), ("money", 1), ("nothing", 88), strict=True)
    until = beside.now + timedelta(days=DAYS_OF_A_LIFE)
    while beside.now < until:
        [kind] = chance.choices(kinds, weights)
        happen(beside.life, Event(kind, chance.randrange(6), chance.randint(-20, 30)), beside.now)
        beside.look()
        beside.now += timedelta(hours=chance.choice((6, 12, 12, 24, 96)))
    return beside.letters
