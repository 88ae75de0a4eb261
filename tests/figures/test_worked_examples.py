"""Reports on small books whose figures can be counted on fingers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer, Hold, Invoice
from customers.operations import ledger
from dunning.figures.book import REPORTS
from dunning.figures.columns import Share
from dunning.figures.question import Basis, Question
from dunning.models import Call, CostRate, DeliveryEvent, Feedback, Notice
from payments.models import ChargeAttempt, InstalmentPlan
from tests.figures.portfolio import Letter, Portfolio, _send
from tests.people import LONG_AGO, owes, paid, person

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 6, 30)
ASKED = Question(AS_OF, date(2026, 1, 1), AS_OF, basis=Basis.VALUE)


def figures(key: str, by: str = "", part: str = "", **asked: Any) -> dict[str, Any]:
    """The values of the row of that group; of the only row when none is named."""
    question = Question(**{**{f: getattr(ASKED, f) for f in ("as_of", "first", "last", "basis")}, "by": by, **asked})
    rows = [row for row in REPORTS[key].rows(question) if part in ("", row.part)]
    assert len(rows) == 1, rows
    return dict(zip((column.name for column in REPORTS[key].columns), rows[0].values, strict=True))


def counts(share: Share) -> tuple[int, int]:
    return share.part, share.whole


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00+00:00")


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


def promise(customer: Customer, until: str, **facts: Any) -> Hold:
    return Hold.objects.create(
        customer=customer, kind="promise", reason="Will pay", placed_at=at("2026-04-10"),
        until_on=date.fromisoformat(until), **facts,
    )  # fmt: skip


def test_promises_are_kept_by_95_per_cent_within_three_days() -> None:
    ada, bo, eva, lee = (person(name) for name in ("Ada Lindgren", "Bo Nygaard", "Eva Sole", "Lee Park"))
    for one in (ada, bo, eva, lee):
        owes(one, "100.00", due="2026-04-01")
    promise(ada, "2026-04-20")
    paid(ada.invoices.get(), at("2026-04-23"), "95")
    promise(bo, "2026-04-20")
    paid(bo.invoices.get(), at("2026-04-24"), "100")
    promise(eva, "2026-04-20", released_at=at("2026-04-12"))
    promise(lee, "2026-06-29")
    april = figures("promises", part="2026-04")
    assert (april["made"], counts(april["kept"]), april["broken"], april["taken_back"]) == (3, (1, 2), 1, 1)
    assert (april["kept_amount"].part, april["kept_amount"].whole) == (100, 200)
    june = figures("promises", part="2026-06")
    assert (june["running"], june["running_amount"]) == (1, 100)


def test_plans_and_disputes_are_judged_as_they_stood() -> None:
    ada = person("Ada Lindgren")
    invoice = owes(ada, "200.00", due="2026-04-01")
    plan = {"customer": ada, "currency": "EUR", "amount": 100, "interval": "monthly", "made_at": LONG_AGO}
    for state in ("kept", "broken"):
        ended = {"ended_at": at("2026-05-01"), "ended_on": date(2026, 5, 1)}
        InstalmentPlan.objects.create(**plan, state=state, began_on=date(2026, 4, 1), **ended)
    assert counts(figures("plans")["kept"]) == (1, 2)
    assert counts(figures("plans", as_of=date(2026, 4, 30))["active"]) == (2, 2)
    Hold.objects.create(
        customer=ada, invoice=invoice, kind="dispute", reason="Parts missing", placed_at=at("2026-04-10"),
        released_at=at("2026-04-15"),
    )  # fmt: skip
    ledger.credit(invoice, Decimal(50), reason="Parts", now=at("2026-04-14"), on=date(2026, 4, 14), by=None)
    told = figures("disputes")
    assert (told["raised"], told["amount"], told["days"]) == (1, 200, 5)
    assert (counts(told["closed"]), counts(told["for_customer"])) == ((1, 1), (1, 1))
    assert (told["rate"].part, told["rate"].whole) == (200, 200)


def test_messages_are_counted_with_what_was_heard_of_them_and_what_they_cost() -> None:
    people = [person(f"Customer {number}") for number in range(3)]
    invoices = [owes(one, "100.00", due="2026-04-01") for one in people]
    letters = [Letter(place, 0, at("2026-04-10"), (place,)) for place in range(3)]
    _send(Portfolio([], letters), people, invoices)
    first, second, third = Notice.objects.order_by("pk")
    for notice, kind in ((first, "delivered"), (second, "bounced"), (third, "complained")):
        DeliveryEvent.objects.create(
            channel="email", provider="x", event_id=f"{notice.pk}", kind=kind, notice=notice, state="applied",
            happened_at=at("2026-04-10"), received_at=at("2026-04-11"),
        )  # fmt: skip
    Feedback.objects.create(
        customer=people[0], notice=first, step=first.step, given_at=at("2026-04-12"), is_kind=False, is_clear=True
    )
    told = figures("delivery", "channel")
    assert (counts(told["delivered"]), counts(told["bounced"]), counts(told["complained"])) == ((1, 3), (1, 3), (1, 3))
    chases = figures("chases")
    assert (chases["annoyed"].part, chases["annoyed"].whole, counts(chases["unkind"])) == (2, 3, (1, 3))
    opinions = figures("feedback", "step")
    assert (counts(opinions["clear"]), counts(opinions["kind"])) == ((1, 1), (0, 1))
    CostRate.objects.create(kind="email", currency="EUR", amount="0.50", source="-", valid_from=date(2026, 1, 1))
    Call.objects.create(customer=people[0], called_at=at("2026-04-12"), is_talk=True)
    paid(invoices[0], at("2026-04-20"))
    costs = figures("costs", part="2026-04")
    assert (costs["number"], costs["cost"], costs["unpriced"]) == (4, Decimal("1.50"), 1)
    assert (costs["collected"], costs["each"]) == (100, Decimal("1.5"))
    assert counts(figures("calls")["reached"]) == (1, 1)


@pytest.fixture
def quarter() -> None:
    """January to March: 100 a month billed on the first, due on 31 January, 28 February and 30 April.

    January's is paid in February; of February's 60 are paid in March.
    """
    ada = person("Ada Lindgren")
    for month, due in ((1, "2026-01-31"), (2, "2026-02-28"), (3, "2026-04-30")):
        one = Invoice.objects.create(
            customer=ada, number=f"R-{month}", issued_on=date(2026, month, 1), due_on=date.fromisoformat(due),
            currency="EUR", amount=100, balance=0, created_at=LONG_AGO, updated_at=LONG_AGO,
        )  # fmt: skip
        kind, day = ledger.LedgerEntry.Kind.INVOICED, date(2026, month, 1)
        now = datetime(2026, month, 1, tzinfo=UTC)
        ledger.post([ledger.Posting(one.pk, kind, Decimal(100), day, "import")], now=now)
    paid(Invoice.objects.get(number="R-1"), at("2026-02-10"))
    paid(Invoice.objects.get(number="R-2"), at("2026-03-20"), "60")


def test_dso_of_a_quarter_is_as_counted_by_hand(quarter: None) -> None:
    # At the end of March 140 are open of 300 sold in 90 days: 42. Countback: March's 100 (31 days) and 40 of
    # February's 100 (28 days): 31 + 11.2. True: 58 days × 40/100 + 30 days × 100/100. Best possible: 100 / 300 × 90.
    # CEI: (0 + 300/3 − 140) ÷ (0 + 300/3 − 100) has nothing to divide by.
    told = figures("dso", part="2026-03")
    assert (told["simple"], told["countback"], told["true"]) == (42, Decimal("42.2"), Decimal("53.2"))
    assert (told["best"], told["delay"], told["cei"]) == (30, 12, None)
    # At the end of February 100 are open, all of it due on that very day: best possible equals DSO.
    february = figures("dso", part="2026-02")
    assert (february["sales"], february["simple"], february["delay"]) == (200, Decimal("29.5"), 0)


def issued(number: str, on: str, booked: str, amount: int, due: str = "2026-04-30") -> None:
    """An invoice that reached the books on a later day than the one it was issued on."""
    one = Invoice.objects.create(
        customer=Customer.objects.get(), number=number, issued_on=date.fromisoformat(on),
        due_on=date.fromisoformat(due), currency="EUR", amount=amount, balance=0, created_at=at(booked),
        updated_at=at(booked),
    )  # fmt: skip
    kind, day = ledger.LedgerEntry.Kind.INVOICED, date.fromisoformat(on)
    ledger.post([ledger.Posting(one.pk, kind, Decimal(amount), day, "import")], now=at(booked))


def test_sales_belong_to_the_month_of_issue_even_where_they_are_booked_later() -> None:
    # Begun on 1 February with 10; 1,000 issued on 28 February are imported on 2 March. At the end of March all is open:
    # of February's 1,010 sold, 10 for 58 days and 1,000 for 31; in the two months 1,010 were sold in 59 days.
    person("Ada Lindgren")
    issued("R-1", "2026-02-01", "2026-02-01", 10)
    issued("R-2", "2026-02-28", "2026-03-02", 1000)
    march = figures("dso", part="2026-03", basis=Basis.BOOKS)
    assert (march["sales"], march["simple"], march["best"]) == (1010, 59, 59)
    assert march["true"] == Decimal(58 * 10 + 31 * 1000) / 1010
    assert march["countback"] == 31 + 28  # nothing of March, all of February


def test_a_first_import_counts_as_opening_and_not_as_sales() -> None:
    # Imported on 2 March: 900 of December and January, 100 of March; 600 of the old are paid in March. At its end 400
    # are open of 100 sold in 31 days: 124. CEI: of 900 brought in and 100 sold, 100 are not due: (1000 − 400) ÷ 900.
    person("Ada Lindgren")
    issued("R-1", "2025-12-10", "2026-03-02", 600, due="2026-01-10")
    issued("R-2", "2026-01-10", "2026-03-02", 300, due="2026-02-10")
    issued("R-3", "2026-03-01", "2026-03-02", 100)
    paid(Invoice.objects.get(number="R-1"), at("2026-03-20"))
    march = figures("dso", part="2026-03", basis=Basis.BOOKS)
    assert (march["sales"], march["closing"], march["simple"], march["best"]) == (100, 400, 124, 31)
    assert round(march["cei"], 2) == Decimal("66.67")
    assert (march["true"], march["countback"]) == (None, None)  # what was sold in January is not known
    paid(Invoice.objects.get(number="R-2"), at("2026-03-25"))
    assert figures("dso", part="2026-03", basis=Basis.BOOKS)["true"] == 30


def test_what_rolls_into_the_last_bucket_is_of_all_that_was_over_ninety_days() -> None:
    # At the end of May 40 are 100 days late and 960 half a year; at the end of June 1,000 are over 120 days: all of it.
    ada = person("Ada Lindgren")
    owes(ada, "40.00", due="2026-02-20")
    owes(ada, "960.00", due="2025-11-30")
    june = figures("rolls", part="2026-06")
    assert (june["roll_4"].part, june["roll_4"].whole) == (1000, 1000)


def test_debts_roll_and_are_cured_month_by_month(quarter: None) -> None:
    # At the end of March 40 of February's are 31 days late; at the end of April 40 are 61 days late.
    april = figures("rolls", part="2026-04")
    assert (april["roll_2"].part, april["roll_2"].whole, april["roll_0"].whole) == (40, 40, 100)
    assert (april["late"], counts(april["cured"])) == (1, (0, 1))
    paid(Invoice.objects.get(number="R-2"), at("2026-05-05"))
    paid(Invoice.objects.get(number="R-3"), at("2026-05-05"))
    assert counts(figures("rolls", part="2026-05")["cured"]) == (1, 1)


def test_what_is_open_ninety_days_late_is_at_risk(quarter: None) -> None:
    assert counts(figures("risk", part="2026-02")["at_risk"]) == (1, 1)  # 28 February and 90 days is 29 May
    assert counts(figures("risk", part="2026-01")["at_risk"]) == (0, 1)
    assert counts(figures("risk", part="2026-03")["waiting"]) == (1, 1)


def test_churn_counts_customers_given_up_and_late_money_kept(quarter: None) -> None:
    march = figures("churn", part="2026-03")
    assert (march["customers"], counts(march["lost"]), march["kept"]) == (1, (0, 1), 60)
    ledger.write_off(
        Invoice.objects.get(number="R-2"), reason="Gone", now=at("2026-05-05"), on=date(2026, 5, 5), by=None
    )
    assert counts(figures("churn", part="2026-05")["lost"]) == (1, 1)
    given_up = figures("write-offs")
    assert (given_up["number"], given_up["amount"], given_up["days"]) == (1, 40, 66)


def test_a_forecast_goes_by_the_weeks_before() -> None:
    # Each week one invoice of 100 falls due on Monday; half of what is due is paid on Thursday, the rest stays open.
    ada = person("Ada Lindgren")
    for week in range(20):
        due = date(2026, 2, 9) + timedelta(weeks=week)
        one = owes(ada, "100.00", due=str(due), number=f"R-{week}")
        paid(one, datetime.combine(due + timedelta(days=3), at("2026-01-01").timetz()), "50")
    told = figures("forecast", part=" 7 days", as_of=date(2026, 6, 23))
    # On Tuesday of the twentieth week one is a day late with 100 open: 50 of it are expected; old halves stay.
    assert told["expected"] == 50
    assert told["accuracy"] == 1
