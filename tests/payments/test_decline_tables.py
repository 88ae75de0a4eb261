"""The stored decline tables: as shipped, with sources and dates, with a history, seen at once by every process."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Hold
from payments.gateways.base import ChargeResult, ChargeState
from payments.models import ChargeAttempt, DeclineEdition, DeclineRule, NetworkCap, RetrySchedule, UnknownCode
from payments.operations.charge_results import Found, record_result
from payments.operations.shipped_rows import store_shipped_rows
from payments.queries.declines import decline_book, judgement_of, tries_of, unanswered_codes, wasted_tries
from payments.rules.charging import EndedBy
from payments.rules.declines import Auto, Decline, Layer, judge
from tests.people import NOW, person
from tests.rules.refusals import shipped_book

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
State = ChargeAttempt.State


def rule(code: str = "do_not_honor", **facts: Any) -> DeclineRule:
    usual = {"layer": "gateway", "meaning": "never", "auto": "no", "first_move": "Ask.", "source": "Maria, manager"}
    return DeclineRule.objects.create(code=code, **{"valid_from": TODAY, **usual, **facts})


def tried(customer: Customer, fingerprint: str, days_ago: float, code: str = "", **facts: Any) -> ChargeAttempt:
    at = NOW - timedelta(days=days_ago)
    state = State.DECLINED if code else State.SUCCEEDED
    usual = {"gateway": "sandbox", "amount": 5, "currency": "EUR", "card_brand": "Visa", "state": state}
    key = f"{fingerprint} {days_ago}"
    return ChargeAttempt.objects.create(
        customer=customer,
        card_fingerprint=fingerprint,
        decline_code=code,
        idempotency_key=key,
        started_at=at,
        look_at=at,
        **{**usual, **facts},
    )


@pytest.mark.parametrize("on", [date(2025, 12, 31), date(2026, 3, 2), date(2026, 4, 18), TODAY])
def test_stored_tables_equal_the_file(on: date) -> None:
    stored, told = decline_book(on), shipped_book(on)
    if on.year == 2025:
        assert (stored.rules, stored.caps, stored.schedules) == ({}, (), {})
    else:
        assert {key: set(rules) for key, rules in stored.rules.items()} == {k: set(r) for k, r in told.rules.items()}
        assert (set(stored.caps), stored.schedules) == (set(told.caps), told.schedules)


@pytest.mark.parametrize("table", [DeclineRule, NetworkCap, RetrySchedule])
def test_every_row_has_a_source_and_a_date(table: Any) -> None:
    rows = table.objects.all()
    assert rows
    assert all(len(row.source) > 15 and row.valid_from >= date(2026, 1, 1) for row in rows)
    with pytest.raises(DatabaseError, match="has_a_source"), transaction.atomic():
        table.objects.create(valid_from=TODAY, source="", **({"limit": 1} if table is NetworkCap else {}))


def test_all_fifty_codes_of_cards_and_those_of_local_methods_are_there() -> None:
    number = {layer: DeclineRule.objects.filter(layer=layer).count() for layer in ("gateway", "gateway_local")}
    assert number == {"gateway": 51, "gateway_local": 18}  # the fifty, and Radar's highest risk


def test_row_that_has_begun_is_never_changed() -> None:
    old = DeclineRule.objects.get(layer="gateway", code="lost_card")
    for change in (lambda: old.save(), lambda: old.delete(), lambda: NetworkCap.objects.update(limit=99)):
        with pytest.raises(DatabaseError, match="add a row with a later valid_from"), transaction.atomic():
            change()


def test_later_row_takes_over_from_its_day_and_the_past_stays() -> None:
    rule(valid_from=date(2026, 6, 1))
    judged = {day: judge(Decline("do_not_honor"), decline_book(date(2026, 5, day))).auto for day in (1, 31)}
    assert judged == {1: Auto.ONCE, 31: Auto.ONCE}
    assert judge(Decline("do_not_honor"), decline_book(date(2026, 6, 1))).auto is Auto.NO


def test_row_with_a_last_day_gives_way_to_the_one_before() -> None:
    rule(valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 30))
    days = [date(2026, 6, 30), date(2026, 7, 1)]
    assert [judge(Decline("do_not_honor"), decline_book(day)).auto for day in days] == [Auto.NO, Auto.ONCE]


def test_shipping_again_adds_nothing_and_leaves_the_desks_own_rows() -> None:
    mine = rule(valid_from=date(2026, 1, 1), code="our_own")
    before = [list(table.objects.order_by("pk").values()) for table in (DeclineRule, NetworkCap, RetrySchedule)]
    store_shipped_rows()
    assert [list(t.objects.order_by("pk").values()) for t in (DeclineRule, NetworkCap, RetrySchedule)] == before
    assert DeclineRule.objects.contains(mine)


def test_book_is_read_once_and_again_after_a_change() -> None:
    decline_book(TODAY)
    with CaptureQueriesContext(connection) as known:
        first = decline_book(TODAY)
    rule("new_code")
    with CaptureQueriesContext(connection) as changed:
        second = decline_book(TODAY)
    assert (len(known), len(changed)) == (1, 4)
    assert (first.find(Layer.GATEWAY, "new_code"), second.find(Layer.GATEWAY, "new_code") is not None) == (None, True)


def test_change_made_by_another_process_makes_a_new_edition() -> None:
    before = DeclineEdition.objects.get()
    with connection.cursor() as cursor:  # past the ORM, as psql would
        cursor.execute(
            'INSERT INTO payments_networkcap (network, scope, "limit", same_amount, country, source, valid_from)'
            " VALUES ('visa', 'day', 2, false, '', 'By hand, for a test', '2026-11-22')"
        )
    assert DeclineEdition.objects.get().mark != before.mark
    assert 2 in {cap.limit for cap in decline_book(TODAY).caps}


def test_change_that_is_rolled_back_leaves_no_trace_in_the_book() -> None:
    with transaction.atomic():
        rule("new_code")
        assert decline_book(TODAY).find(Layer.GATEWAY, "new_code")
        transaction.set_rollback(True)
    assert decline_book(TODAY).find(Layer.GATEWAY, "new_code") is None


def test_tries_of_a_card_are_everybodys_and_judged_in_one_query() -> None:
    ada, grace = person("Ada Lindgren"), person("Grace Okafor")
    tried(ada, "card 1", 3, "lost_card", invoice_ids=[7])
    tried(grace, "card 1", 2)
    tried(grace, "card 2", 1, "insufficient_funds")
    tried(grace, "card 2", 0.5, EndedBy.GATEWAY, state=State.ABANDONED)
    tried(grace, "", 9, "lost_card")
    book = decline_book(TODAY)
    with CaptureQueriesContext(connection) as queries:
        found = tries_of(["card 1", "card 2", "card 3", ""], book)
    assert len(queries) == 1
    assert {card: [t.judgement and t.judgement.auto for t in tries] for card, tries in found.items()} == {
        "card 1": [Auto.NO, None],
        "card 2": [Auto.YES],
        "card 3": [],
    }
    assert found["card 1"][0].invoice_ids == {7}


def test_tries_of_many_cards_go_by_index() -> None:
    ada, cards = person(), [f"card {number}" for number in range(300)]
    ChargeAttempt.objects.bulk_create(
        ChargeAttempt(
            customer=ada, gateway="sandbox", amount=1, currency="EUR", idempotency_key=f"try {number}",
            state=State.DECLINED, card_fingerprint=f"card {number}", started_at=NOW, look_at=NOW,
        )
        for number in range(3000)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        tries_of(cards, decline_book(TODAY))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE payments_chargeattempt")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + queries[-1]["sql"])
        assert "tries_of_a_card" in str(cursor.fetchall())


def test_tries_after_a_no_for_good_are_wasted() -> None:
    ada, book = person(), decline_book(TODAY)
    tried(ada, "card 1", 9, "lost_card")
    tried(ada, "card 1", 5, "lost_card")
    tried(ada, "card 1", 3, "generic_decline")
    tried(ada, "card 2", 9, "stop_payment_order")
    tried(ada, "card 2", 3, "generic_decline")
    tried(ada, "card 3", 2, "lost_card")
    periods = [(10, 0), (4, 0), (10, 4), (2, 0)]
    since = [(NOW - timedelta(days=first), NOW - timedelta(days=last)) for first, last in periods]
    assert [wasted_tries(*period, book) for period in since] == [2, 1, 1, 0]
    with CaptureQueriesContext(connection) as queries:
        wasted_tries(*since[0], book)
    assert len(queries) <= 2


def test_bank_that_tells_of_a_death_silences_us_until_a_person_has_looked() -> None:
    ada = person()
    ada.payment_methods.create(gateway="sandbox", token="mandate", kind="sepa_debit", stored_at=NOW)
    attempt = tried(ada, "mandate", 1, state=State.PENDING, method=ada.payment_methods.get(), card_brand="")
    result = ChargeResult(ChargeState.DECLINED, "ref", Decline("debit_not_authorized", "", "MD07"))
    record_result(attempt, Found.of(result, why=EndedBy.CUSTOMER), now=NOW)
    hold = Hold.objects.get(customer=ada)
    assert (hold.kind, hold.blocks_contact, hold.blocks_charges, hold.until_on) == ("deceased", True, True, None)


@pytest.mark.django_db(transaction=True)
def test_unknown_code_is_noted_with_the_result_and_taken_off_by_a_rule() -> None:
    ada = person()
    for place in range(2):
        attempt = tried(ada, "card", place, state=State.CALLING)
        found = Decline("brand_new_code", "strange_advice", "51")
        result = ChargeResult(ChargeState.DECLINED, f"ref {place}", found)
        record_result(attempt, Found.of(result, why=EndedBy.CUSTOMER), now=NOW + timedelta(hours=place))
    seen = {code.code: (code.layer, code.count, code.last_seen - code.first_seen) for code in UnknownCode.objects.all()}
    assert seen == {
        "brand_new_code": ("gateway", 2, timedelta(hours=1)),
        "strange_advice": ("gateway_advice", 2, timedelta(hours=1)),
    }
    assert judgement_of(attempt, decline_book(TODAY)).auto is Auto.ONCE
    rule("brand_new_code")
    assert [code.code for code in unanswered_codes()] == ["strange_advice"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", [ChargeState.SUCCEEDED, ChargeState.CANCELLED, ChargeState.PENDING])
def test_only_refusals_have_codes_to_know(state: ChargeState) -> None:
    attempt = tried(person(), "card", 0, state=State.CALLING)
    result = ChargeResult(state, "ref", Decline("brand_new_code"))
    record_result(attempt, Found.of(result, why=EndedBy.CUSTOMER), now=NOW)
    assert not UnknownCode.objects.exists()
