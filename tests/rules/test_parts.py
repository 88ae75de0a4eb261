"""Instalments in place of invoices: nothing is lost, nothing is asked twice, and cases end and begin as they should."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.decide import decide
from dunning.rules.decisions import Close, Send, Wait
from dunning.rules.facts import InvoiceFact
from dunning.rules.parts import in_parts
from dunning.rules.words import Ending
from payments.rules.instalments import AgreedPlan, Instalment
from tests.rules.cases import DAY_ZERO, STEPS, at, case, invoice, reached

MADE = at(2)


def plan(*amounts: str, invoices: tuple[int, ...] = (1,), settled: str = "0", first: int = 10) -> AgreedPlan:
    lines = [
        Instalment(n + 1, DAY_ZERO + timedelta(days=first + 30 * n), D(amount)) for n, amount in enumerate(amounts)
    ]
    return AgreedPlan(7, MADE, D(settled), frozenset(invoices), tuple(lines))


def asked(facts: list[InvoiceFact]) -> list[tuple[int, date, D, int | None]]:
    return [(fact.id, fact.due_on, fact.balance, fact.part and fact.part.number) for fact in facts]


def test_invoices_of_a_plan_are_cut_and_others_stay() -> None:
    whole = [invoice(DAY_ZERO, balance="60"), invoice(DAY_ZERO, number=2, balance="90"), invoice(DAY_ZERO, number=3)]
    first, second = DAY_ZERO + timedelta(days=10), DAY_ZERO + timedelta(days=40)
    assert asked(in_parts(whole, [plan("75", "75", invoices=(1, 2))])) == [
        (3, DAY_ZERO, D(100), None),
        (1, first, D(60), 1),
        (2, first, D(15), 1),
        (2, second, D(75), 2),
    ]


@given(
    balances=st.lists(st.integers(1, 500), min_size=1, max_size=4),
    amounts=st.lists(st.integers(1, 500), min_size=1, max_size=5),
    settled=st.integers(-300, 900),
    covered=st.sets(st.integers(0, 3)),
)
def test_parts_of_an_invoice_are_together_its_balance(
    balances: list[int], amounts: list[int], settled: int, covered: set[int]
) -> None:
    whole = [invoice(DAY_ZERO, number=n, balance=str(amount)) for n, amount in enumerate(balances)]
    cut = in_parts(whole, [plan(*map(str, amounts), invoices=tuple(covered), settled=str(settled))])
    assert {fact.id: sum(part.balance for part in cut if part.id == fact.id) for fact in whole} == {
        fact.id: fact.balance for fact in whole
    }
    assert all((fact.part is not None) == (fact.id in covered) and fact.balance > 0 for fact in cut)
    assert [fact.due_on for fact in cut] == sorted(fact.due_on for fact in cut)


IN_PLAN = tuple(in_parts([invoice(DAY_ZERO)], [plan("50", "50")]))


def test_case_closes_without_thanks_when_what_it_named_is_paid_in_instalments() -> None:
    decision = decide(case(*IN_PLAN, runs=(reached(1, at(1)),)), now=at(3))
    assert isinstance(decision, Close)
    assert (decision.ending, decision.thanks) == (Ending.IN_INSTALMENTS, None)
    assert "the next one falls due on 15 January 2026" in decision.reason


def test_case_that_never_wrote_closes_so_too() -> None:
    decision = decide(case(*IN_PLAN), now=at(3))
    assert isinstance(decision, Close) and decision.ending == Ending.IN_INSTALMENTS


def test_another_debt_that_was_named_keeps_the_case() -> None:
    other = invoice(DAY_ZERO, number=2)
    assert isinstance(decide(case(other, *IN_PLAN, runs=(reached(1, at(1), 1, 2),)), now=at(3)), Wait)
    assert isinstance(decide(case(other, *IN_PLAN, runs=(reached(1, at(1), 1),)), now=at(3)), Close)


def test_instalment_is_reminded_of_by_its_own_day_and_says_so() -> None:
    decision = decide(case(*IN_PLAN), now=at(11))
    assert isinstance(decision, Send)
    assert (decision.step, decision.reason) == (STEPS[1], "day +1: instalment 1 of 2 fell due on 15 January 2026")


def test_thanks_are_said_when_what_was_named_is_paid_and_another_plan_goes_on() -> None:
    facts = case(*in_parts([invoice(DAY_ZERO, number=2)], [plan("100", invoices=(2,), first=100)]))
    decision = decide(replace(facts, runs=(reached(1, at(3), 1),)), now=at(5))
    assert isinstance(decision, Close)
    assert (decision.ending, decision.thanks) == (Ending.CURED, facts.plan.thanks)
