"""Kinds of holds, and what each lets through."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.holds import HOLD_RULES, Blocks, HoldKind, refusal
from dunning.rules.by_hand import hurry
from dunning.rules.decide import decide
from dunning.rules.decisions import Charge, Send, Wait
from dunning.rules.facts import HoldFact
from dunning.rules.holding import chargeable, without_held
from dunning.rules.words import Attention
from tests.rules.cases import DAY_ZERO, EVENTS, STEPS, Event, Life, at, case, happen, invoice
from tests.rules.charged import charged

TODAY = date(2026, 3, 2)
KINDS = st.sampled_from(list(HoldKind))


@given(KINDS, st.booleans())
def test_what_is_usual_for_a_kind_is_never_refused(kind: HoldKind, is_for_invoice: bool) -> None:
    rule = HOLD_RULES[kind]
    on_invoice = is_for_invoice and rule.is_for_invoices
    last = rule.last_day(TODAY)
    assert any(rule.blocks)
    assert refusal(kind, rule.blocks, today=TODAY, until_on=last, is_for_invoice=on_invoice) is None


@pytest.mark.parametrize(
    ("kind", "days"), [(HoldKind.BREATHING_SPACE, 60), (HoldKind.BEREAVEMENT, 30), (HoldKind.DECEASED, None)]
)
def test_kinds_end_as_law_or_decency_has_it(kind: HoldKind, days: int | None) -> None:
    assert HOLD_RULES[kind].last_day(TODAY) == (TODAY + timedelta(days=days) if days else None)
    assert HOLD_RULES[kind].blocks == Blocks(contact=True, charges=True, claims=True)


@pytest.mark.parametrize(
    ("kind", "asked", "words"),
    [
        (HoldKind.DISPUTE, {"blocks": Blocks(False, False, False)}, "blocks something"),
        (HoldKind.DECEASED, {"is_for_invoice": True}, "concerns the whole customer"),
        (HoldKind.MONEY_IN_TRANSIT, {}, "has to end"),
        (HoldKind.MONEY_IN_TRANSIT, {"until_on": date(2026, 6, 1)}, "30 days at most"),
        (HoldKind.OTHER, {"until_on": date(2100, 1, 1)}, "too far away"),
    ],
)
def test_what_cannot_be_is_refused_in_words(kind: HoldKind, asked: dict[str, object], words: str) -> None:
    usual = {"blocks": Blocks(), "until_on": None, "is_for_invoice": False}
    assert words in str(refusal(kind, today=TODAY, **{**usual, **asked}))  # type: ignore[arg-type]


HOLDS = st.lists(
    st.builds(
        HoldFact,
        st.just("asked"),
        st.one_of(st.none(), st.integers(-5, 40).map(lambda days: DAY_ZERO + timedelta(days=days))),
        st.sampled_from([None, 1, 2]),
        KINDS,
        st.booleans(),
        st.booleans(),
    ),
    max_size=4,
)


@given(HOLDS, st.lists(st.tuples(st.integers(1, 40), EVENTS), min_size=1, max_size=25))
def test_a_hold_that_blocks_contact_lets_no_letter_out(holds: list[HoldFact], gaps: list[tuple[int, Event]]) -> None:
    """Nor does a letter speak of an invoice that such a hold is on; others let letters through."""
    life = Life(case(invoice(DAY_ZERO), invoice(DAY_ZERO, number=2), holds=tuple(holds)))
    now = at(-6)
    for hours, event in gaps:
        now += timedelta(hours=hours)
        happen(life, event, now)
        before, letters = life.facts, len(life.letters)
        life.look(now)
        if len(life.letters) > letters:
            quiet = [hold for hold in before.holds_in_force(now) if hold.blocks_contact]
            named = life.facts.runs[-1].named
            assert all(hold.invoice_id is not None and hold.invoice_id not in named for hold in quiet)


def test_hold_on_charges_only_lets_the_letter_go_and_the_other_way_round() -> None:
    assert isinstance(decide(charged(), now=at(1)), Charge)
    no_charges = (HoldFact("asked us not to", DAY_ZERO + timedelta(days=20), blocks_contact=False),)
    assert isinstance(decide(charged(holds=no_charges), now=at(1)), Send)
    no_letters = (HoldFact("on holiday", DAY_ZERO + timedelta(days=20), blocks_charges=False),)
    assert isinstance(decide(charged(holds=no_letters), now=at(1)), Charge)


def test_hold_on_fees_only_keeps_nothing_back() -> None:
    only_fees = (HoldFact("agreed", None, blocks_contact=False, blocks_charges=False),)
    assert isinstance(decide(charged(holds=only_fees), now=at(1)), Charge)
    assert isinstance(decide(case(invoice(DAY_ZERO), holds=only_fees), now=at(1)), Send)


def test_case_looks_again_when_charges_may_go_on() -> None:
    hold = HoldFact("asked us not to", DAY_ZERO + timedelta(days=3), blocks_contact=False)
    facts = charged(holds=(hold,))
    assert isinstance(decide(facts, now=at(1)), Send)
    wait = decide(replace(facts, channels=frozenset()), now=at(1))
    assert isinstance(wait, Wait)
    assert wait.until == at(4, 9)


@pytest.mark.parametrize("kind", [HoldKind.DECEASED, HoldKind.INSOLVENCY])
def test_death_and_insolvency_are_shown_to_a_person(kind: HoldKind) -> None:
    facts = case(invoice(DAY_ZERO), holds=(HoldFact("pause", None), HoldFact("told by the son", None, kind=kind)))
    wait = decide(facts, now=at(1))
    assert isinstance(wait, Wait)
    assert wait.attention is Attention(kind)
    assert "on hold" in str(hurry(facts, now=at(1), who="nia", meant=STEPS[1].id))


def test_vulnerable_customer_is_not_charged_by_itself() -> None:
    facts = charged()
    vulnerable = replace(facts, limits=replace(facts.limits, is_vulnerable=True))
    due = list(facts.invoices)
    assert (chargeable(facts, due, at(1)), chargeable(vulnerable, due, at(1))) == (due, [])
    assert without_held(vulnerable, due, at(1)) == due
    assert isinstance(decide(vulnerable, now=at(1)), Wait)
