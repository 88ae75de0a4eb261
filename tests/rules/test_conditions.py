"""Conditions over the declared facts: what holds, what does not, and what the no says."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.conditions import (
    Condition,
    ConditionRefusal,
    check,
    first_unmet,
    from_stored,
    holds,
    to_stored,
    why_not,
    words,
)
from dunning.rules.customer_fact import CustomerFact
from dunning.rules.history import History, PaysHow
from dunning.rules.situation import Situation, Sum
from dunning.rules.vocabulary import FACTS

ADA = CustomerFact(
    segment="Key accounts",
    subscription="Website care",
    tags=("Berlin", "vip"),
    country="DE",
    language="de",
    kind="business",
    since_on=date(2025, 1, 1),
    history=History(PaysHow.LATE, 9),
    refusal=frozenset({"later", "no_funds"}),
)
SUMS = {"EUR": Sum(Decimal(120), Decimal(400)), "JPY": Sum(Decimal(900), Decimal(1000))}
NOW = Situation(ADA, date(2026, 1, 1), SUMS, invoices=2, last_letter="unopened")
JUST_IN = Situation(CustomerFact(), date(2026, 1, 1), {})

# Each fact with each of its operators: what holds for Ada, and what does not.
HOLD = [
    ("subscription", "is", "website care"), ("subscription", "is_not", "Hosting"),
    ("subscription", "one_of", "Hosting; Website care"),
    ("segment", "is", "key ACCOUNTS"), ("segment", "is_not", "retail"), ("segment", "one_of", "retail; key accounts"),
    ("tag", "is", "VIP"), ("tag", "is_not", "late"), ("tag", "one_of", "late, berlin"),
    ("country", "is", "de"), ("country", "is_not", "FR"), ("country", "one_of", "AT;DE"),
    ("language", "is", "DE"), ("language", "is_not", "fr"), ("language", "one_of", "de, en"),
    ("kind", "is", "business"), ("kind", "is_not", "not known"), ("kind", "one_of", "business; not known"),
    ("currency", "is", "JPY"), ("currency", "is_not", "USD"), ("currency", "one_of", "USD; eur"),
    ("open_amount", "at_least", "120 EUR"), ("open_amount", "less_than", "120.01 EUR"),
    ("open_share", "at_least", "90 %"), ("open_share", "less_than", "31% eur"),
    ("open_invoices", "at_least", "2"), ("open_invoices", "less_than", "3"),
    ("customer_for", "at_least", "365"), ("customer_for", "less_than", "366"),
    ("history", "is", "often late"), ("history", "is_not", "chronically late"),
    ("history", "one_of", "new; often late"),
    ("usual_days_late", "at_least", "9"), ("usual_days_late", "less_than", "10"),
    ("card_refusal", "is", "no funds"), ("card_refusal", "is_not", "none"), ("card_refusal", "one_of", "never; later"),
    ("last_letter", "is", "not opened"), ("last_letter", "is_not", "none yet"),
    ("last_letter", "one_of", "not opened; none yet"),
]  # fmt: skip
FAIL = [
    ("subscription", "is", "Hosting"), ("subscription", "is_not", "Website care"), ("subscription", "one_of", "x"),
    ("segment", "is", "retail"), ("segment", "is_not", "Key accounts"), ("segment", "one_of", "retail; small"),
    ("tag", "is", "late"), ("tag", "is_not", "vip"), ("tag", "one_of", "late, new"),
    ("country", "is", "FR"), ("country", "is_not", "DE"), ("country", "one_of", "AT;CH"),
    ("language", "is", "fr"), ("language", "is_not", "de"), ("language", "one_of", "fr, en"),
    ("kind", "is", "consumer"), ("kind", "is_not", "business"), ("kind", "one_of", "consumer; not known"),
    ("currency", "is", "USD"), ("currency", "is_not", "EUR"), ("currency", "one_of", "USD; GBP"),
    ("open_amount", "at_least", "120.01 EUR"), ("open_amount", "less_than", "120 EUR"),
    ("open_amount", "at_least", "0 USD"), ("open_amount", "less_than", "500 USD"),
    ("open_share", "at_least", "31 % EUR"), ("open_share", "less_than", "90 %"),
    ("open_share", "less_than", "90 % USD"),
    ("open_invoices", "at_least", "3"), ("open_invoices", "less_than", "2"),
    ("customer_for", "at_least", "366"), ("customer_for", "less_than", "365"),
    ("history", "is", "new"), ("history", "is_not", "often late"), ("history", "one_of", "new; chronically late"),
    ("usual_days_late", "at_least", "10"), ("usual_days_late", "less_than", "9"),
    ("card_refusal", "is", "never"), ("card_refusal", "is_not", "later"), ("card_refusal", "one_of", "never; none"),
    ("last_letter", "is", "opened"), ("last_letter", "is_not", "not opened"),
    ("last_letter", "one_of", "opened; none yet"),
]  # fmt: skip


@pytest.mark.parametrize("asked", HOLD)
def test_condition_holds(asked: tuple[str, str, str]) -> None:
    assert why_not(check(*asked), NOW) == ""


@pytest.mark.parametrize("asked", FAIL)
def test_condition_does_not_hold_and_says_what_is_instead(asked: tuple[str, str, str]) -> None:
    said = why_not(check(*asked), NOW)
    assert said.startswith("only if the ")
    assert "; it " in said or "; they " in said


def test_every_fact_is_tried_with_every_operator() -> None:
    every = {(fact, operator.value) for fact, known in FACTS.items() for operator in known.operators}
    assert every == {asked[:2] for asked in HOLD} == {asked[:2] for asked in FAIL}


@pytest.mark.parametrize(
    ("asked", "no"),
    [
        (("open_amount", "at_least", "500 EUR"),
         "only if the open amount is at least 500.00 EUR; it is 120.00 EUR"),
        (("open_amount", "less_than", "500 USD"),
         "only if the open amount is less than 500.00 USD; it is in other currencies only"),
        (("open_share", "at_least", "50 % EUR"),
         "only if the open share of what was billed is at least 50 % in EUR; it is 30 % in EUR"),
        (("tag", "one_of", "a; b"), "only if the tags include one of a, b; they are Berlin, vip"),
        (("history", "is", "first_time_late"),
         "only if the payment history is late for the first time; it is often late"),
        (("last_letter", "is", "opened"), "only if the last letter is opened; it is not opened"),
    ],
)  # fmt: skip
def test_no_is_a_sentence(asked: tuple[str, str, str], no: str) -> None:
    assert why_not(check(*asked), NOW) == no


@pytest.mark.parametrize("fact", ["customer_for", "usual_days_late", "open_amount", "open_share"])
def test_what_nobody_knows_is_neither_much_nor_little(fact: str) -> None:
    value = {"open_amount": "1 EUR", "open_share": "1 %"}.get(fact, "1")
    assert not holds(check(fact, "at_least", value), JUST_IN)
    assert not holds(check(fact, "less_than", value), JUST_IN)


@pytest.mark.parametrize(
    ("asked", "field", "remedy"),
    [
        (("", "is", "x"), "fact", "Choose a fact"),
        (("loyalty", "is", "x"), "fact", "Choose one of the list"),
        (("open_amount", "is", "500 EUR"), "operator", "“is at least” or “is less than”"),
        (("segment", "", "retail"), "operator", "“is” or “is not” or “is one of”"),
        (("segment", "is", ""), "value", "1 to 64 characters"),
        (("segment", "one_of", " ; "), "value", "1 to 64 characters"),
        (("country", "is", "Germany"), "value", "such as DE"),
        (("open_amount", "at_least", "500"), "value", "500 EUR"),
        (("open_amount", "at_least", "0.5 JPY"), "value", "fewer decimals"),
        (("open_share", "at_least", "101 %"), "value", "0 to 100"),
        (("open_invoices", "at_least", "-1"), "value", "whole number"),
        (("kind", "is", "wholesale"), "value", "not known, business, consumer"),
        (("tag", "is", "a" * 201), "value", "at most 200"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_field_and_remedy(
    asked: tuple[str, str, str], field: str, remedy: str
) -> None:
    with pytest.raises(ConditionRefusal, match=remedy) as refusal:
        check(*asked)
    assert refusal.value.field == field


@pytest.mark.parametrize("stored", [None, "x", {}, [None], [{}], [{"fact": "loyalty", "operator": "is", "value": "1"}],
                                    [{"fact": "kind", "operator": "at_least", "value": "1"}]])  # fmt: skip
def test_stored_condition_that_cannot_be_read_never_holds_and_says_so(stored: object) -> None:
    assert "cannot be read" in first_unmet(from_stored(stored), NOW)
    assert all(words(condition) for condition in from_stored(stored))


def test_conditions_survive_being_stored() -> None:
    conditions = [check(*asked) for asked in HOLD]
    assert list(from_stored(to_stored(conditions))) == conditions
    assert [check(c.fact, c.operator, c.value) for c in conditions] == conditions


texts = st.one_of(st.text(max_size=30), st.sampled_from([value for *_, value in HOLD]))
conditions = st.one_of(
    st.builds(Condition, st.one_of(st.sampled_from(list(FACTS)), st.text(max_size=9)),
              st.sampled_from(["is", "is_not", "one_of", "at_least", "less_than", "", "~"]), texts),
    st.sampled_from([check(*asked) for asked in HOLD + FAIL]),
)  # fmt: skip
amounts = st.decimals(0, 10**9, places=2)
situations = st.builds(
    Situation,
    st.builds(
        CustomerFact,
        segment=st.text(max_size=9),
        tags=st.lists(st.text(max_size=9), max_size=3).map(tuple),
        country=st.sampled_from(["", "DE", "FR"]),
        kind=st.sampled_from(["unknown", "business", "consumer", ""]),
        since_on=st.none() | st.dates(),
        history=st.builds(History, st.sampled_from(PaysHow), st.none() | st.integers(0, 99)),
        refusal=st.frozensets(st.sampled_from(["later", "never", "no_funds"])),
    ),
    st.dates(),
    st.dictionaries(st.sampled_from(["EUR", "JPY", "USD"]), st.builds(Sum, amounts, amounts)),
    st.integers(0, 9),
    st.sampled_from(["opened", "unopened", "none"]),
)


@given(conditions, situations)
def test_conditions_never_raise_and_a_no_always_has_its_words(condition: Condition, situation: Situation) -> None:
    assert holds(condition, situation) == (why_not(condition, situation) == "")
    assert words(condition)


@given(st.lists(conditions, max_size=4), conditions, situations)
def test_one_more_condition_never_lets_more_in(asked: list[Condition], more: Condition, situation: Situation) -> None:
    if first_unmet(asked, situation):
        assert first_unmet([*asked, more], situation)


@given(situations)
def test_open_amount_counts_in_its_own_currency_only(situation: Situation) -> None:
    without = replace(situation, sums={code: total for code, total in situation.sums.items() if code != "EUR"})
    assert not holds(check("open_amount", "at_least", "0 EUR"), without)
