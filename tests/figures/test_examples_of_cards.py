"""Reports on card tries, of small books whose figures can be counted on fingers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Invoice
from customers.operations import ledger
from dunning.figures.book import REPORTS
from payments.models import ChargeAttempt, DeclineRule, PaymentMethod
from tests.figures.asked import ASKED, at, counts, figures
from tests.people import owes, paid, person

pytestmark = pytest.mark.django_db


def tried(invoice: Invoice, day: str, code: str = "", *also: Invoice, **facts: Any) -> ChargeAttempt:
    """A try of the customer's Visa without them; refused with `code`, or it brought money. `also`: more invoices."""
    card = {"card_fingerprint": f"card {invoice.customer_id}", "card_brand": "visa", "amount": invoice.amount}
    return ChargeAttempt.objects.create(
        customer=invoice.customer, gateway="sandbox", currency=invoice.currency,
        invoice_ids=[invoice.pk, *(one.pk for one in also)], idempotency_key=f"{invoice.pk} {day}",
        state="declined" if code else "succeeded", decline_code=code, is_attended=False, started_at=at(day),
        finished_at=at(day), look_at=at(day), **{**card, **facts},
    )  # fmt: skip


@pytest.fixture
def cards() -> None:
    """Six first tries, five refused: paid by a retry, by the customer, credited, given up, open; one retry wasted."""
    ada = person("Ada Lindgren")
    retried, mended, let_off, given_up, still_open, smooth = (owes(ada, "100.00", due="2026-04-10") for _ in range(6))
    for one in (retried, mended, let_off, given_up):
        tried(one, "2026-04-10", "insufficient_funds")
    tried(retried, "2026-04-13")
    paid(retried, at("2026-04-13"))
    paid(mended, at("2026-04-15"))
    ledger.credit(let_off, Decimal(100), reason="Gone", now=at("2026-04-20"), on=date(2026, 4, 20), by=None)
    ledger.write_off(given_up, reason="Gone", now=at("2026-04-20"), on=date(2026, 4, 20), by=None)
    tried(still_open, "2026-04-10", "stolen_card")
    tried(still_open, "2026-04-12", "stolen_card")
    tried(smooth, "2026-04-10")
    paid(smooth, at("2026-04-10"))


def test_failed_card_payments_end_in_four_ways_and_one(cards: None) -> None:
    told = figures("outcomes")
    assert counts(told["failed"]) == (5, 6)
    for end in ("retry", "card_update", "cancel", "churn", "open"):
        assert counts(told[end]) == (1, 5)
    assert told["failed_amount"] == 500


def test_retries_belong_to_the_first_refusal_and_those_after_never_are_wasted(cards: None) -> None:
    funds, stolen = (figures("retries", "cause", code) for code in ("insufficient_funds", "stolen_card"))
    assert (counts(funds["yield"]), counts(funds["waste"]), funds["came"]) == ((1, 1), (0, 1), 100)
    assert (counts(stolen["yield"]), counts(stolen["waste"])) == ((0, 1), (1, 1))
    assert figures("retries", "number", "1")["tried"] == 2


def waste(*codes: str) -> list[tuple[int, int]]:
    return [counts(figures("retries", "cause", code)["waste"]) for code in codes]


def test_a_retry_with_a_new_card_is_not_wasted() -> None:
    # An expired card is refused; the customer enters a new one and the desk charges it. Of a second invoice the old
    # card is tried again, after another card in between. Of a card that is not known nothing can be said.
    ada = person("Ada Lindgren")
    mended, stubborn, unknown = (owes(ada, "100.00", due="2026-04-10") for _ in range(3))
    tried(mended, "2026-04-10", "expired_card")
    tried(mended, "2026-04-12", card_fingerprint="new card")
    assert waste("expired_card") == [(0, 1)]
    tried(stubborn, "2026-04-10", "expired_card")
    tried(stubborn, "2026-04-11", "insufficient_funds", card_fingerprint="new card")
    tried(stubborn, "2026-04-12", "expired_card")
    assert waste("expired_card") == [(1, 3)]
    for day in ("2026-04-10", "2026-04-12"):
        tried(unknown, day, "stolen_card", card_fingerprint="")
    assert waste("stolen_card") == [(0, 1)]


def test_waste_is_judged_by_layer_country_and_day() -> None:
    # 03 is "no such merchant, later" as Visa's response code and "never" as Mastercard's advice.
    ada, bo = person("Ada Lindgren"), person("Bo Nygaard", country="BR")
    answered, advised = (owes(ada, "100.00", due="2026-04-10") for _ in range(2))
    for day in ("2026-04-10", "2026-04-12"):
        tried(answered, day, "insufficient_funds", network_code="03")
        tried(advised, day, "do_not_honor", card_brand="mastercard", network_advice="03", card_fingerprint="hers")
    assert waste("insufficient_funds", "do_not_honor") == [(0, 1), (1, 1)]
    # From 11 April on do_not_honor means never in Brazil: not for Bo's refusal of the tenth, but for that of the 11th.
    DeclineRule.objects.create(
        layer="gateway", code="do_not_honor", meaning="never", auto="no", first_move="-", countries="BR", source="-",
        valid_from=date(2026, 4, 11),
    )  # fmt: skip
    his = owes(bo, "100.00", due="2026-04-10")
    tried(his, "2026-04-10", "do_not_honor")
    tried(his, "2026-04-11", "do_not_honor")
    assert counts(figures("retries", country="BR")["waste"]) == (0, 1)
    tried(his, "2026-04-12", "do_not_honor")
    assert counts(figures("retries", country="BR")["waste"]) == (1, 2)


def test_a_retry_of_one_of_several_invoices_is_no_first_try() -> None:
    # Two invoices are refused together; one is paid by transfer, the other charged again with success.
    ada = person("Ada Lindgren")
    first, second = (owes(ada, "100.00", due="2026-04-10") for _ in range(2))
    tried(first, "2026-04-10", "insufficient_funds", second)
    paid(first, at("2026-04-11"))
    assert counts(figures("outcomes")["open"]) == (1, 1)
    tried(second, "2026-04-13")
    paid(second, at("2026-04-13"))
    told = figures("outcomes")
    assert (counts(told["failed"]), counts(told["retry"])) == ((1, 1), (1, 1))
    assert (figures("retries")["tried"], figures("retries", "number")["came"]) == (1, 100)
    assert figures("outcomes", cause="insufficient_funds") == told


def test_head_room_counts_tries_of_thirty_days_under_the_cap_of_the_card(cards: None) -> None:
    # Visa allows 20: eight tries in April, one long before. Mastercard allows 35 of one amount: two of 100, one of 60.
    bo, debtor = person("Bo Nygaard"), person("Eva Sole")
    tried(owes(bo, "100.00", due="2026-02-10"), "2026-02-10")
    for day, amount in (("2026-04-10", 100), ("2026-04-12", 100), ("2026-04-14", 60)):
        tried(owes(bo, "100.00", due="2026-04-10"), day, card_brand="mastercard", amount=amount)
    # A debit is under no cap over thirty days.
    account = PaymentMethod.objects.create(
        customer=debtor, gateway="sandbox", token="t", kind="sepa_debit", stored_at=at("2026-01-01")
    )
    tried(owes(debtor, "100.00", due="2026-04-10"), "2026-04-10", card_brand="", method=account)
    visa = figures("room", part="Visa allows 20 tries in 30 days", as_of=date(2026, 4, 30))
    mastercard = figures(
        "room", part="Mastercard allows 35 tries of the same amount in 30 days", as_of=date(2026, 4, 30)
    )
    assert [(one["cap"], one["cards"], one["most"], one["room"]) for one in (visa, mastercard)] == [
        (20, 1, 8, 12),
        (35, 1, 2, 33),
    ]
    question = replace(ASKED, as_of=date(2026, 4, 30))
    assert len(REPORTS["room"].rows(question)) == 2
