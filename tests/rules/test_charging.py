"""Charging beside reminders: from its day on, never before a rule allows it, never twice for one letter."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.by_hand import hurry
from dunning.rules.conditions import Condition
from dunning.rules.decide import decide
from dunning.rules.decisions import Charge, Send, Wait
from dunning.rules.facts import HoldFact, InvoiceFact, RunFact
from dunning.rules.plan_facts import PlanFact
from dunning.rules.recheck import Withdraw, recheck, recheck_proposal
from dunning.rules.review import TakenBack
from dunning.rules.words import Delivery, Outcome
from payments.rules.methods import MethodKind
from payments.rules.next_charge import Order
from tests.rules.cases import DAY_ZERO, PLAN, at, case, invoice, reached
from tests.rules.charged import CHARGE, charged, done, failed, visa
from tests.rules.refusals import refused

SAME_DAY = replace(PLAN, charges=(replace(CHARGE, offset_days=7),))


def test_the_card_is_charged_on_the_campaigns_day_for_all_that_is_due() -> None:
    facts = charged(
        invoice(DAY_ZERO), invoice(DAY_ZERO, number=2, balance="20"), invoice(DAY_ZERO + timedelta(2), number=3)
    )
    decision = decide(facts, now=at(0))
    assert isinstance(decision, Charge)
    assert decision.orders == (Order(1, 1, Decimal(120), "EUR", (1, 2)),)
    assert decision.step == CHARGE
    assert "120.00 EUR from Visa ending 4242" in decision.reason


def test_each_currency_is_one_order() -> None:
    dollars = InvoiceFact(2, DAY_ZERO, Decimal(7), "USD")
    decision = decide(charged(invoice(DAY_ZERO), dollars), now=at(0))
    assert isinstance(decision, Charge)
    assert [(order.amount, order.currency) for order in decision.orders] == [(100, "EUR"), (7, "USD")]


def test_before_its_day_the_charge_is_waited_for() -> None:
    facts = charged(runs=(reached(0, at(-3)),))
    decision = decide(facts, now=at(-2))
    assert isinstance(decision, Wait)
    assert (decision.until, decision.reason) == (at(0, 9), "the card is charged on 5 January 2026")


def test_a_customer_without_a_card_gets_what_the_campaign_without_charges_sends() -> None:
    for day in range(-3, 40):
        for hour in (5, 10):
            now = at(day, hour)
            assert decide(charged(methods=()), now=now) == decide(case(invoice(DAY_ZERO)), now=now)


def test_nothing_is_charged_on_hold_under_way_or_while_money_waits_to_be_matched() -> None:
    calm = [
        charged(holds=(HoldFact("asked for time", None),)),
        charged(payment_pending=True),
        charged(charge_ordered=True),
        charged(money_unmatched=True),
        charged(holds=(HoldFact("disputed", None, 1),)),
    ]
    assert all(isinstance(decide(facts, now=at(0)), Wait) for facts in calm)


def test_a_disputed_invoice_is_not_in_the_charge() -> None:
    facts = charged(invoice(DAY_ZERO), invoice(DAY_ZERO, number=2), holds=(HoldFact("disputed", None, 1),))
    decision = decide(facts, now=at(0))
    assert isinstance(decision, Charge)
    assert decision.orders == (Order(1, 1, Decimal(100), "EUR", (2,)),)


def test_after_a_refusal_the_card_is_tried_again_and_the_letter_waits_for_that() -> None:
    declined = charged(methods=(visa(failed(0)),), runs=(done(50),))
    letter_time = decide(declined, now=at(0, 11))
    assert isinstance(letter_time, Wait)
    assert letter_time.until == at(1, 9)
    put_off = decide(declined, now=at(1, 9))
    assert isinstance(put_off, Wait)
    assert (put_off.until, put_off.delays, put_off.step) == (at(1), True, PLAN.reminders[1])
    again = decide(declined, now=at(1))
    assert isinstance(again, Charge)
    assert (again.step, "no funds on 5 January" in again.reason) == (None, True)
    twice = replace(declined, methods=(visa(failed(0), failed(1)),))
    letter = decide(twice, now=at(1, 11))
    assert isinstance(letter, Send)
    assert letter.step == PLAN.reminders[1]


def test_a_hard_refusal_ends_the_card_not_the_case() -> None:
    stolen = charged(methods=(visa(failed(0, "stolen_card")),))
    decision = decide(stolen, now=at(1))
    assert isinstance(decision, Send)
    assert decision.step == PLAN.reminders[1]
    assert [skip.step for skip in decision.skips if skip.step == CHARGE] == [CHARGE]
    [why] = [skip.reason for skip in decision.skips if skip.step == CHARGE]
    assert why.startswith("Visa ending 4242: no further try: refused for good on 5 January")


def test_another_card_is_charged_when_its_owner_allowed_it_and_the_first_may_not_be_tried() -> None:
    second = visa(number=2, last4="1111")
    decision = decide(charged(methods=(visa(failed(0, "stolen_card")), second)), now=at(1))
    assert isinstance(decision, Charge)
    assert decision.orders[0].method_id == 2
    waiting = decide(charged(methods=(visa(failed(0)), second), runs=(done(50),)), now=at(0, 11))
    assert isinstance(waiting, Wait)  # the first card has a next try: it is waited for


def test_a_new_card_is_charged_at_once_even_at_night() -> None:
    now = at(3, 23)
    fresh = visa(number=2, agreed_at=now - timedelta(minutes=5))
    decision = decide(charged(methods=(fresh,), runs=(done(50), reached(1, at(1)))), now=now)
    assert isinstance(decision, Charge)
    usual = decide(charged(methods=(visa(),), runs=(done(50), reached(1, at(1)))), now=now)
    assert isinstance(usual, Wait)
    assert usual.until == at(4, 7)


def test_a_card_whose_gateway_tries_by_itself_is_left_to_it() -> None:
    decision = decide(charged(methods=(visa(is_ours=False),)), now=at(1))
    assert isinstance(decision, Send)
    assert any("own engine" in skip.reason for skip in decision.skips)


def test_an_invoice_that_a_gateway_collects_by_itself_is_left_to_it() -> None:
    both = charged(invoice(DAY_ZERO), invoice(DAY_ZERO, number=2), collected_elsewhere=frozenset({1}))
    decision = decide(both, now=at(0))
    assert isinstance(decision, Charge)
    assert decision.orders[0].invoice_ids == (2,)
    alone = decide(charged(collected_elsewhere=frozenset({1})), now=at(1))
    assert isinstance(alone, Send)
    assert any("own engine tries to collect" in skip.reason for skip in alone.skips)


def test_a_card_that_may_not_be_tried_is_not_announced_before_its_day() -> None:
    gone = visa(refused(at(-60), "stolen_card", invoice=9))
    decision = decide(charged(methods=(gone,), runs=(reached(0, at(-3)),)), now=at(-2))
    assert isinstance(decision, Wait)
    assert decision.step == PLAN.reminders[1]


def test_a_gateway_that_could_not_be_reached_is_given_ten_minutes() -> None:
    facts = charged(methods=(visa(unreachable_at=at(0)),))
    first = decide(facts, now=at(0))
    assert isinstance(first, Wait)
    assert first.until == at(0) + timedelta(minutes=10)
    assert isinstance(decide(facts, now=first.until), Charge)


def test_a_letter_of_the_same_day_comes_after_the_card_was_tried() -> None:
    facts = charged(plan=SAME_DAY, runs=(reached(1, at(1)),))
    assert isinstance(decide(facts, now=at(7)), Charge)
    declined = replace(facts, methods=(visa(failed(7)),), runs=(*facts.runs, done(50, 7)))
    letter = decide(declined, now=at(7, 11))
    assert isinstance(letter, Send)
    assert letter.step == PLAN.reminders[2]


def test_a_letter_waits_for_a_technical_fault_to_pass_but_not_longer_than_a_day() -> None:
    runs = (reached(1, at(1)), done(50, 7))
    declined = charged(plan=SAME_DAY, runs=runs, methods=(visa(failed(7, "processing_error")),))
    first = decide(declined, now=at(7) + timedelta(minutes=5))
    assert isinstance(first, Wait)
    assert (first.delays, first.step) == (True, PLAN.reminders[2])
    tries = [failed(7 + hours / 24, "processing_error") for hours in (0, 1, 2, 9, 23)]
    assert isinstance(decide(replace(declined, methods=(visa(*tries),)), now=at(8, 10)), Send)


def test_a_debit_is_tried_again_fourteen_days_after_the_letter_that_says_so() -> None:
    came_back = failed(4, "insufficient_funds", kind=MethodKind.SEPA_DEBIT)
    account = visa(came_back, kind=MethodKind.SEPA_DEBIT, brand="SEPA", last4="3000")
    facts = charged(methods=(account,), runs=(done(50), reached(1, at(1))))
    assert not isinstance(decide(facts, now=at(20)), Charge)  # nobody has been told yet
    told = replace(facts, runs=(*facts.runs, reached(2, at(7))))
    twice = replace(told, runs=(*told.runs, reached(3, at(14))))
    waits = decide(twice, now=at(15))
    assert isinstance(waits, Wait)
    assert (waits.until, "the payer is told 14 days before" in waits.reason) == (at(21), True)
    assert isinstance(decide(twice, now=at(21)), Charge)


def test_a_queued_letter_gives_way_to_a_charge_that_became_due() -> None:
    facts = charged(runs=(replace(reached(1, at(1)), delivery="pending"),), methods=(visa(failed(0)),))
    verdict = recheck(facts, PLAN.reminders[1], case_is_open=True, now=at(3, 11))
    assert isinstance(verdict, Withdraw)
    assert verdict.outcome == Outcome.DELAYED


def test_hurrying_a_letter_is_refused_while_a_charge_is_ordered() -> None:
    answer = hurry(charged(charge_ordered=True), now=at(0), who="Ada", meant=0)
    assert answer == "A payment is under way. Wait until its outcome is known."


def test_hurrying_a_letter_is_refused_while_a_charge_is_due() -> None:
    answer = hurry(charged(), now=at(0), who="Ada", meant=0)
    assert answer == "The stored card is charged in the next turn. Wait until the outcome is known."


def test_a_letter_in_review_gives_way_to_a_charge_that_became_due_at_night() -> None:
    proposed = RunFact(1, Outcome.DONE, at(1), delivery=Delivery.PROPOSED, asked=((1, Decimal(100)),))
    taken_back = recheck_proposal(charged(runs=(proposed,), methods=(visa(failed(0)),)), now=at(3, 20))
    assert isinstance(taken_back, TakenBack)
    assert taken_back.reason.startswith("the card is charged first: 100.00 EUR from Visa")


def test_no_charge_comes_before_its_rules_allow_and_every_wait_ends_in_the_future() -> None:
    codes = ["insufficient_funds", "processing_error", "do_not_honor", "expired_card", "stolen_card", "new_code"]
    histories = st.lists(st.tuples(st.integers(0, 40 * 24), st.sampled_from(codes)), max_size=9)

    @given(histories, st.integers(-3, 45), st.integers(0, 23))
    def check(history: list[tuple[int, str]], day: int, hour: int) -> None:
        now = at(day, hour)
        tries = [failed(hours / 24, code) for hours, code in history if at(0) + timedelta(hours=hours) <= now]
        facts = charged(methods=(visa(*tries),), runs=(done(50),))
        decision = decide(facts, now=now)
        if isinstance(decision, Charge):
            assert day >= 0
            assert decision.orders[0].amount == 100
            assert all(tried.at < now for tried in tries)
            assert not any(tried.is_lasting_no for tried in tries)
        if isinstance(decision, Wait):
            assert decision.until > now

    check()


ABOVE_500 = (Condition("open_amount", "at_least", "500.00 EUR"),)


def only_above_500(day: int = 0) -> PlanFact:
    return replace(PLAN, charges=(replace(CHARGE, offset_days=day, conditions=ABOVE_500),))


def test_charge_whose_conditions_do_not_hold_on_its_day_is_left_out_for_good() -> None:
    poor, rich = (charged(invoice(DAY_ZERO, balance=owed), plan=only_above_500()) for owed in ("100", "900"))
    assert isinstance(decide(rich, now=at(0)), Charge)
    decision = decide(poor, now=at(0))
    assert isinstance(decision, Wait)
    [skip] = [skip for skip in decision.skips if skip.step.id == CHARGE.id]
    assert (skip.unfit, skip.reason) == (True, "only if the open amount is at least 500.00 EUR; it is 100.00 EUR")
    later = replace(rich, runs=(RunFact(CHARGE.id, Outcome.SKIPPED, at(0), unfit=True),))
    assert not isinstance(decide(later, now=at(3)), Charge)
    begun = replace(poor, runs=(done(CHARGE.id),))
    assert isinstance(decide(begun, now=at(0)), Charge)  # a further try of what has begun


def test_conditions_of_a_charge_are_asked_on_its_very_day() -> None:
    facts = charged(invoice(DAY_ZERO), plan=only_above_500(day=4), runs=(reached(1, at(1)),))
    decision = decide(facts, now=at(2))
    assert isinstance(decision, Wait)
    assert decision.until == at(4, 9)
    assert decision.reason == (
        "whether the card is charged is decided on 9 January 2026: its conditions do not hold yet"
    )
    letter = decide(replace(facts, plan=only_above_500(day=2), runs=()), now=at(1))
    assert isinstance(letter, Send)  # it does not wait for a charge that may never come
