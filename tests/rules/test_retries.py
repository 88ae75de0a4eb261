"""When the next try may come: never past a cap, never at night, never after a never, and always with a reason."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payments.rules.caps import WINDOWS, applicable, counted
from payments.rules.declines import Auto, CapScope, Decline, Layer, judge
from payments.rules.local_hours import at_time
from payments.rules.methods import MethodKind
from payments.rules.retries import next_try
from payments.rules.retry_facts import NoTry, RetryFacts, Tried, Try
from tests.rules.refusals import BOOK, card, refused

NOON = datetime(2026, 3, 30, 10, 0, tzinfo=UTC)  # a Monday in Berlin
FAR = NOON + timedelta(days=400)
ZONES = ["Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Mars/X"]
CODES = sorted({code for layer, code in BOOK.rules if layer is Layer.GATEWAY}) + ["new_code"]
RAW = sorted({code for layer, code in BOOK.rules if layer is Layer.VISA})
RETRIED = ["insufficient_funds", "processing_error", "card_velocity_exceeded", "issuer_not_available"]


def days_ago(days: float, *, now: datetime = NOON) -> datetime:
    return now - timedelta(days=days)


def at_of(answer: Try | NoTry) -> datetime:
    """When a try may come; never is later than any day."""
    return answer.at if isinstance(answer, Try) else datetime.max.replace(tzinfo=UTC)


def tries(codes: list[str]) -> st.SearchStrategy[list[Tried]]:
    one = st.builds(
        lambda minutes, code, advice, raw, mac, brand, amount, invoice, ends: replace(
            refused(
                NOON - timedelta(minutes=minutes),
                code,
                advice=advice,
                raw=raw,
                mac=mac,
                brand=brand,
                amount=amount,
                invoice=invoice,
            ),
            **({} if ends else {"judgement": None}),
        ),
        st.integers(0, 60 * 24 * 45),
        st.sampled_from(codes),
        st.sampled_from(["", "", "try_again_later"]),
        st.sampled_from(["", "", "51", "91"]),
        st.sampled_from(["", "", "24", "26"]),
        st.sampled_from(["Visa", "Mastercard"]),
        st.sampled_from(["50", "20"]),
        st.sampled_from([1, 2, 2, 2, 2, 2, 2, 2]),
        st.sampled_from([True, True, True, False]),
    )
    return st.lists(one, max_size=25)


FACTS = {
    "brand": st.sampled_from(["Visa", "Mastercard", "Diners"]),
    "country": st.sampled_from(["DE", "US", "GB", ""]),
    "issued_in": st.sampled_from(["DE", "BR", ""]),
    "time_zone": st.sampled_from(ZONES),
    "kind": st.sampled_from(list(MethodKind)),
    "hours_left_out": st.frozensets(st.integers(7, 21), max_size=5) | st.just(frozenset(range(8, 22))),
}


@st.composite
def histories(draw: st.DrawFn, codes: list[str]) -> RetryFacts:
    drawn = {name: draw(values) for name, values in FACTS.items()}
    return card(*draw(tries(codes)), closes_at=FAR, **drawn)


@given(histories(RETRIED))
def test_no_history_ever_leads_past_a_cap(facts: RetryFacts) -> None:
    answer = next_try(facts, BOOK, now=NOON)
    assume(isinstance(answer, Try))
    at, zone = at_of(answer), _zone(facts)
    for cap in applicable(facts, BOOK):
        done = counted(cap, facts)
        if window := WINDOWS.get(cap.scope):
            done = [tried for tried in done if tried.at > at - window]
        elif cap.scope is CapScope.MONTH:
            done = [t for t in done if t.at.astimezone(zone).strftime("%Y%m") == at.astimezone(zone).strftime("%Y%m")]
        assert len(done) + 1 <= cap.limit


@given(histories(RETRIED), st.integers(0, 60 * 24 * 400))
def test_try_is_never_at_night_never_past_and_within_the_campaign(facts: RetryFacts, minutes: int) -> None:
    now = NOON + timedelta(minutes=minutes)
    answer = next_try(replace(facts, closes_at=now + timedelta(days=20)), BOOK, now=now)
    assume(isinstance(answer, Try))
    assert now <= at_of(answer) <= now + timedelta(days=20)
    local = at_of(answer).astimezone(_zone(facts))
    assert time(7) <= local.time() < time(22)
    assert local.hour not in facts.hours_left_out
    if facts.kind is not MethodKind.CARD:
        assert local.weekday() < 5


@given(histories([*CODES]))
def test_nothing_is_tried_after_a_no_for_good_and_every_answer_has_a_reason(facts: RetryFacts) -> None:
    answer = next_try(facts, BOOK, now=NOON)
    assert len(answer.why) > 15
    assert answer.why.startswith(("next try ", "no try until", "no further try: ", "no unattended try: "))
    if any(tried.is_lasting_no for tried in facts.tries) or any(tried.says(Auto.AFTER) for tried in facts.tries):
        assert isinstance(answer, NoTry)


@given(histories(RETRIED), tries([*RETRIED, "do_not_honor", "generic_decline"]))
def test_one_more_try_never_brings_the_next_one_earlier(facts: RetryFacts, more: list[Tried]) -> None:
    fuller = replace(facts, tries=(*facts.tries, *more[:2]))
    assert at_of(next_try(fuller, BOOK, now=NOON)) >= at_of(next_try(facts, BOOK, now=NOON))


@given(
    histories(RETRIED),
    st.sampled_from(["", "do_not_try_again", "confirm_card_data", "try_again_later"]),
    st.sampled_from(["", *RAW]),
    st.sampled_from(["", "02", "03", "24", "27", "30"]),
)
def test_stricter_advice_never_loosens(facts: RetryFacts, advice: str, raw: str, mac: str) -> None:
    facts = replace(facts, kind=MethodKind.CARD, brand="Mastercard")
    plain = refused(days_ago(0.01), brand="Mastercard")
    told = Decline("insufficient_funds", advice, raw, mac)
    strict = replace(plain, judgement=judge(told, BOOK, brand="Mastercard"))
    with_plain, with_strict = (replace(facts, tries=(*facts.tries, last)) for last in (plain, strict))
    assert at_of(next_try(with_strict, BOOK, now=NOON)) >= at_of(next_try(with_plain, BOOK, now=NOON))


def test_reason_says_cause_day_tries_used_and_what_the_network_leaves() -> None:
    facts = card(refused(days_ago(2)), refused(NOON), closes_at=FAR)
    answer = next_try(facts, BOOK, now=NOON)
    assert answer.why == (
        "next try Wed 1 April, 12:00: no funds on 30 March; 2 days after the last try; "
        "Visa allows 18 more until 27 April; 2 of 8 tries used"
    )


def test_third_try_waits_for_payday() -> None:
    answer = next_try(card(*(refused(days_ago(d)) for d in (5, 3, 0)), closes_at=FAR), BOOK, now=NOON)
    assert answer.why.startswith("next try Wed 1 April, 12:00")  # a payday, and two days after the last
    later = next_try(card(*(refused(days_ago(d - 2)) for d in (5, 3, 2)), closes_at=FAR), BOOK, now=NOON)
    assert later.why.startswith("next try Wed 1 April, 12:00")
    april = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
    mid = next_try(card(*(refused(days_ago(d, now=april)) for d in (5, 3, 0)), closes_at=FAR), BOOK, now=april)
    assert mid.why.startswith("next try Wed 15 April, 09:10: no funds on 2 April; payday in DE")


@pytest.mark.parametrize(
    ("minutes", "at"), [([0], "12:10"), ([10, 0], "13:00"), ([70, 60, 0], "18:00"), ([400, 380, 360, 0], "12:00")]
)
def test_technical_fault_is_tried_again_in_minutes_then_hours_then_days(minutes: list[int], at: str) -> None:
    facts = card(*(refused(NOON - timedelta(minutes=m), "processing_error") for m in minutes), closes_at=FAR)
    answer = next_try(facts, BOOK, now=NOON)
    assert f"{at_of(answer).astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" == at
    assert "0 of 8 tries used" in answer.why


def test_technical_fault_costs_minutes_not_another_day() -> None:
    no_funds, fault = refused(days_ago(2)), refused(NOON, "issuer_not_available")
    answer = next_try(card(no_funds, fault, closes_at=FAR), BOOK, now=NOON)
    assert at_of(answer) == NOON + timedelta(minutes=10)
    assert "1 of 8 tries used" in answer.why


def test_own_rule_allows_one_try_a_day_whoever_made_it_and_for_whatever() -> None:
    other = replace(refused(days_ago(0.1), invoice=2), judgement=None)
    answer = next_try(card(refused(days_ago(3)), other, closes_at=FAR), BOOK, now=NOON)
    assert at_of(answer) == other.at + timedelta(days=1)
    assert "our own rule allows 1 try in 24 hours" in answer.why


@pytest.mark.parametrize(("mac", "days"), [("02", 3), ("24", 1), ("27", 4), ("30", 10)])
def test_wait_that_mastercard_prescribes_is_kept(mac: str, days: int) -> None:
    told = refused(NOON, mac=mac, brand="Mastercard", invoice=2)
    answer = next_try(card(told, closes_at=FAR, brand="Mastercard"), BOOK, now=NOON)
    assert at_of(answer) == NOON + timedelta(days=days)


@pytest.mark.parametrize("code", ["lost_card", "invalid_account", "revocation_of_authorization"])
def test_hard_decline_stops_its_card_for_every_invoice(code: str) -> None:
    answer = next_try(card(refused(days_ago(200), code, invoice=7), closes_at=FAR), BOOK, now=NOON)
    assert isinstance(answer, NoTry)
    assert "refused for good" in answer.why
    assert isinstance(next_try(card(closes_at=FAR), BOOK, now=NOON), Try)  # another card


@pytest.mark.parametrize(("invoice", "kind"), [(1, NoTry), (7, Try)])
def test_stop_order_stops_its_own_payment_only(invoice: int, kind: type) -> None:
    facts = card(refused(days_ago(9), "stop_payment_order", invoice=invoice), closes_at=FAR)
    assert isinstance(next_try(facts, BOOK, now=NOON), kind)


def test_expired_card_waits_for_the_customer() -> None:
    facts = card(refused(days_ago(9), "expired_card"), closes_at=FAR)
    assert next_try(facts, BOOK, now=NOON).why.startswith("no try until the customer has acted: refused on 21 March")
    assert isinstance(next_try(replace(facts, acted_at=days_ago(1)), BOOK, now=NOON), Try)


def test_once_is_once() -> None:
    first = card(refused(days_ago(3), "do_not_honor"), closes_at=FAR)
    assert at_of(next_try(first, BOOK, now=NOON)) == NOON
    again = card(refused(days_ago(9), "do_not_honor"), refused(days_ago(3), "generic_decline"), closes_at=FAR)
    assert "one more was allowed" in next_try(again, BOOK, now=NOON).why


def test_card_from_india_is_never_tried_unattended() -> None:
    answer = next_try(card(refused(days_ago(9)), closes_at=FAR, issued_in="IN"), BOOK, now=NOON)
    assert answer == NoTry("no unattended try: cards from India need the customer's approval; send a payment link")


def test_try_after_the_end_is_none_and_says_when_it_would_be() -> None:
    answer = next_try(card(refused(NOON), closes_at=NOON + timedelta(hours=5)), BOOK, now=NOON)
    assert isinstance(answer, NoTry)
    assert answer.until == NOON + timedelta(days=1)
    assert "after the end on 30 March" in answer.why


def test_eight_tries_are_the_end() -> None:
    facts = card(*(replace(refused(days_ago(d)), judgement=None) for d in range(2, 10)), closes_at=FAR)
    assert "our own rule allows 8 tries for one invoice" in next_try(facts, BOOK, now=NOON).why


def test_seventh_try_in_a_month_is_the_last_of_a_brazilian_mastercard() -> None:
    spent = [replace(refused(days_ago(d), invoice=2), judgement=None) for d in range(2, 9)]
    answer = next_try(card(*spent, closes_at=FAR, brand="Mastercard", issued_in="BR"), BOOK, now=NOON)
    assert answer.why.startswith("next try Wed 1 April, 07:00")
    assert at_of(next_try(card(*spent, closes_at=FAR, brand="Mastercard"), BOOK, now=NOON)) == NOON


@pytest.mark.parametrize(("country", "kind"), [("AT", Try), ("SK", Try), ("FR", NoTry), ("", NoTry)])
def test_reasonless_sepa_return_is_collected_again_only_where_banks_hide_reasons(country: str, kind: type) -> None:
    sepa = MethodKind.SEPA_DEBIT
    back = refused(days_ago(3), "", raw="MS03", kind=sepa, country=country)
    answer = next_try(card(back, closes_at=FAR, kind=sepa, country=country), BOOK, now=NOON)
    assert isinstance(answer, kind)
    if isinstance(answer, Try):
        assert answer.at == NOON + timedelta(days=14)
        assert "the payer is told 14 days before" in answer.why


def test_ach_is_presented_three_times_in_180_days_for_one_amount() -> None:
    ach = MethodKind.ACH_DEBIT

    def answer(*days: int, amount: str = "50") -> Try | NoTry:
        back = (refused(days_ago(d), "", raw="R01", kind=ach, amount=amount) for d in days)
        return next_try(card(*back, closes_at=FAR, kind=ach, time_zone="America/New_York"), BOOK, now=NOON)

    assert isinstance(answer(9), Try)
    assert isinstance(answer(20, 9), Try)
    assert isinstance(answer(30, 20, 9), NoTry)
    assert isinstance(answer(179), Try)
    assert "more than 180 days after the first" in answer(181).why
    assert "for the same amount only" in answer(9, amount="55").why


def test_debit_comes_on_a_working_day() -> None:
    friday_night = datetime(2026, 4, 3, 21, 0, tzinfo=UTC)
    ach = MethodKind.ACH_DEBIT
    back = refused(friday_night - timedelta(days=9), "", raw="R01", kind=ach)
    answer = next_try(card(back, closes_at=FAR, kind=ach), BOOK, now=friday_night)
    assert answer.why.startswith("next try Mon 6 April, 09:10")


def test_card_never_tried_may_be_tried_at_once_by_day() -> None:
    night = at_time(date(2026, 3, 30), time(23), ZoneInfo("Europe/Berlin"))
    assert next_try(card(closes_at=FAR), BOOK, now=NOON).why.startswith("next try Mon 30 March, 12:00")
    assert next_try(card(closes_at=FAR), BOOK, now=night).why.startswith("next try Tue 31 March, 07:00")


def test_try_waits_for_the_next_hour_that_the_campaign_does_not_leave_out() -> None:
    at_noon = card(closes_at=FAR, hours_left_out=frozenset([12, 13]))
    answer = next_try(at_noon, BOOK, now=NOON + timedelta(minutes=20))
    assert answer.why.startswith("next try Mon 30 March, 14:00")
    assert "; not at night, nor in the hours that the campaign leaves out; " in answer.why
    evening = next_try(card(closes_at=FAR, hours_left_out=frozenset([7, 21])), BOOK, now=NOON + timedelta(hours=9))
    assert evening.why.startswith("next try Tue 31 March, 08:00")


def _zone(facts: RetryFacts) -> ZoneInfo:
    return ZoneInfo("UTC" if facts.time_zone.startswith("Mars") else facts.time_zone)
