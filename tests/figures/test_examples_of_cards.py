"""Reports on card tries, of small books whose figures can be counted on fingers."""

from datetime import date
from decimal import Decimal

import pytest

from customers.models import Invoice
from customers.operations import ledger
from payments.models import ChargeAttempt
from tests.figures.asked import at, counts, figures
from tests.people import owes, paid, person

pytestmark = pytest.mark.django_db


def tried(invoice: Invoice, day: str, code: str = "") -> ChargeAttempt:
    """A try of the stored card without the customer; refused with `code`, or it brought money."""
    return ChargeAttempt.objects.create(
        customer=invoice.customer, gateway="sandbox", amount=invoice.amount, currency=invoice.currency,
        invoice_ids=[invoice.pk], idempotency_key=f"{invoice.pk} {day}", card_fingerprint=f"card {invoice.customer_id}",
        card_brand="visa", state="declined" if code else "succeeded", decline_code=code, is_attended=False,
        started_at=at(day), finished_at=at(day), look_at=at(day),
    )  # fmt: skip


@pytest.fixture
def cards() -> None:
    """Five first tries, four refused: paid by a retry, by the customer, credited, and still open; one retry wasted."""
    ada = person("Ada Lindgren")
    retried, mended, let_off, still_open, smooth = (owes(ada, "100.00", due="2026-04-10") for _ in range(5))
    for one in (retried, mended, let_off):
        tried(one, "2026-04-10", "insufficient_funds")
    tried(retried, "2026-04-13")
    paid(retried, at("2026-04-13"))
    paid(mended, at("2026-04-15"))
    ledger.credit(let_off, Decimal(100), reason="Gone", now=at("2026-04-20"), on=date(2026, 4, 20), by=None)
    tried(still_open, "2026-04-10", "stolen_card")
    tried(still_open, "2026-04-12", "stolen_card")
    tried(smooth, "2026-04-10")
    paid(smooth, at("2026-04-10"))


def test_failed_card_payments_end_in_four_ways_and_one(cards: None) -> None:
    told = figures("outcomes")
    assert counts(told["failed"]) == (4, 5)
    ends = {name: counts(told[name]) for name in ("retry", "card_update", "cancel", "churn", "open")}
    assert ends == {"retry": (1, 4), "card_update": (1, 4), "cancel": (1, 4), "churn": (0, 4), "open": (1, 4)}
    assert told["failed_amount"] == 400


def test_retries_belong_to_the_first_refusal_and_those_after_never_are_wasted(cards: None) -> None:
    funds, stolen = (figures("retries", "cause", code) for code in ("insufficient_funds", "stolen_card"))
    assert (counts(funds["yield"]), counts(funds["waste"]), funds["came"]) == ((1, 1), (0, 1), 100)
    assert (counts(stolen["yield"]), counts(stolen["waste"])) == ((0, 1), (1, 1))
    assert figures("retries", "number", "1")["tried"] == 2


def test_head_room_counts_tries_of_thirty_days(cards: None) -> None:
    told = figures("room", as_of=date(2026, 4, 30))
    assert (told["cards"], told["most"]) == (1, 7)
    assert told["room"] == told["cap"] - 7
