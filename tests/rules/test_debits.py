"""Debits that a gateway began: what they are for rests, and the rest goes on."""

from dataclasses import replace
from datetime import timedelta

from dunning.rules.by_hand import hurry
from dunning.rules.decide import decide
from dunning.rules.decisions import Charge, Send, Wait
from dunning.rules.facts import HoldFact, RunFact
from dunning.rules.recheck import Go, PutBack, may_act, recheck
from dunning.rules.why import grounds
from dunning.rules.words import Delivery, Outcome, Rule
from tests.rules.cases import DAY_ZERO, STEPS, at, case, invoice
from tests.rules.charged import charged

OLD = invoice(DAY_ZERO - timedelta(days=20), number=1)
DUE = invoice(DAY_ZERO, number=2)


def test_debit_does_not_silence_the_other_invoices() -> None:
    facts = case(OLD, DUE, debited=frozenset({1}))
    decision = decide(facts, now=at(1))
    assert isinstance(decision, Send)
    assert decision.anchor_on == DAY_ZERO
    assert grounds(facts, now=at(1))[0]["says"].endswith("100.00 EUR to be paid; 1 that a debit is on its way for")


def test_nobody_is_reminded_of_what_a_debit_is_on_its_way_for() -> None:
    facts = case(DUE, debited=frozenset({2}))
    decision = decide(facts, now=at(1))
    assert isinstance(decision, Wait)
    assert decision.rule == Rule.PAYMENT
    assert "payment is under way" in str(hurry(facts, now=at(1), who="nia", meant=1))
    assert not may_act(facts, now=at(1))


def test_hold_on_the_customer_is_named_before_the_debit() -> None:
    decision = decide(case(DUE, debited=frozenset({2}), holds=(HoldFact("ill", None),)), now=at(1))
    assert isinstance(decision, Wait)
    assert decision.rule == Rule.HOLD


def test_card_is_charged_only_for_what_no_debit_is_on_its_way_for() -> None:
    both = charged(invoice(DAY_ZERO), invoice(DAY_ZERO, number=2))
    decision = decide(replace(both, debited=frozenset({1})), now=at(0))
    assert isinstance(decision, Charge)
    assert [order.invoice_ids for order in decision.orders] == [(2,)]


def test_letter_that_waits_to_leave_names_what_no_debit_is_on_its_way_for() -> None:
    queued = RunFact(1, Outcome.DONE, at(1), delivery=Delivery.PENDING)
    both = case(replace(DUE, id=1), DUE, runs=(queued,), debited=frozenset({1}))
    verdict = recheck(both, STEPS[1], case_is_open=True, now=at(1))
    assert isinstance(verdict, Go)
    assert [one.id for one in verdict.invoices] == [2]
    assert isinstance(
        recheck(replace(both, debited=frozenset({1, 2})), STEPS[1], case_is_open=True, now=at(1)), PutBack
    )
