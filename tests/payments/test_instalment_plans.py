"""Plans in the books: one per invoice, state from the facts, broken only when nothing explains the silence."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, CustomerChange, Hold, Invoice, LedgerEntry
from customers.operations import holds, ledger
from payments.models import ChargeAttempt, Instalment, InstalmentPlan, PlanInvoice, Refund
from payments.operations import instalment_plans, refunds
from payments.operations.instalment_plans import PlanRefusal, break_late, close_kept
from payments.queries.plans import OLDEST_MISSING, active_plans, plannable, progress, with_progress
from payments.rules.instalments import Interval, missing
from tests.people import NOW, owes, pays, person
from tests.plans import agree

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(days=10 + 8)  # the first instalment fell due 8 days ago


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren")
    owes(ada, "100.00", due="2026-02-01")
    owes(ada, "200.00", due="2026-02-10")
    return ada


def left_of(plan: InstalmentPlan) -> list[Decimal]:
    return [line.missing for line in progress(plan)]


def test_plan_asks_for_what_was_open_when_it_was_made(ada: Customer) -> None:
    pays(ada, "60.00", NOW)
    plan = agree(ada, now=NOW)
    assert plan.amount == sum(line.amount for line in plan.instalments.all()) == 240
    assert left_of(plan) == [80, 80, 80]
    assert CustomerChange.objects.filter(customer_id=ada.pk).exists()


def test_payments_count_in_order_and_early_or_more_is_fine(ada: Customer) -> None:
    plan = agree(ada, now=NOW)
    pays(ada, "150.00", NOW)
    assert left_of(plan) == [0, 50, 100]
    pays(ada, "50.00", NOW)
    assert left_of(plan) == [0, 0, 100]


def test_money_that_goes_back_is_missing_again(ada: Customer) -> None:
    plan = agree(ada, now=NOW)
    payment = pays(ada, "150.00", NOW)
    refunds.record(payment, kind=Refund.Kind.RETURNED, amount=Decimal(120), on=NOW.date(), reason="no funds", now=NOW)
    assert left_of(plan) == [70, 100, 100]


def test_credit_and_correction_are_taken_by_the_plan_without_asking_too_much(ada: Customer) -> None:
    plan = agree(ada, now=NOW)
    older, younger = ada.invoices.order_by("due_on")
    ledger.credit(younger, Decimal(30), reason="parts missing", now=NOW, on=NOW.date(), by=None)
    assert sum(left_of(plan)) == 270
    billed = ledger.Posting(older.pk, LedgerEntry.Kind.INVOICED, Decimal(10), NOW.date(), "import")
    ledger.post([billed], now=NOW)
    Invoice.objects.filter(pk=older.pk).update(amount=110)
    assert left_of(plan) == [70, 100, 110]


def test_invoice_is_in_one_active_plan_at_most(ada: Customer) -> None:
    plan = agree(ada, now=NOW)
    with pytest.raises(PlanRefusal, match="in an active plan already"):
        agree(ada, now=NOW, invoices=list(ada.invoices.all()))
    other = InstalmentPlan.objects.create(
        customer=ada, currency="EUR", amount=1, interval="week", began_on=NOW.date(), made_at=NOW
    )
    with pytest.raises(IntegrityError, match="one_active_plan_per_invoice"), transaction.atomic():
        PlanInvoice.objects.create(plan=other, invoice=ada.invoices.first(), amount=1, settled_before=0)
    other.delete()
    instalment_plans.end(plan, reason="they asked for another one", now=NOW, by=None)
    assert agree(ada, now=NOW).state == "active"


def test_agreed_instalments_are_never_changed(ada: Customer) -> None:
    agree(ada, now=NOW)
    for change in (lambda: Instalment.objects.update(amount=1), lambda: Instalment.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"invoices": []}, "at least one open invoice"),
        ({"total": Decimal(299)}, "300.00 EUR is open by now, not 299.00 EUR"),
        ({"first_on": date(2026, 3, 1)}, "from today on"),
        ({"first_on": date(2027, 6, 1)}, "within a year"),
        ({"parts": 0}, "between 1 and 60"),
        ({"patience_days": 91}, "90 days of patience"),
    ],
)
def test_plan_that_cannot_be_is_refused_and_leaves_no_trace(ada: Customer, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanRefusal, match=message):
        agree(ada, now=NOW, **asked)
    assert (InstalmentPlan.objects.count(), PlanInvoice.objects.count()) == (0, 0)


def test_invoices_of_others_other_currencies_and_settled_ones_are_refused(ada: Customer) -> None:
    grace = person("Grace Okafor")
    theirs, dollars = owes(grace, "10.00"), owes(ada, "10.00", "USD")
    settled = owes(ada, "5.00", due="2026-01-01")
    pays(ada, "5.00", NOW)
    settled.refresh_from_db()
    mine = ada.invoices.filter(currency="EUR", balance__gt=0).first()
    for invoices, message in (
        ([mine, theirs], "another customer's"),
        ([mine, dollars], "one currency"),
        ([settled], "Nothing is open"),
    ):
        with pytest.raises(PlanRefusal, match=message):
            agree(ada, now=NOW, invoices=invoices)


def test_plan_is_kept_once_nothing_of_it_is_open(ada: Customer) -> None:
    plan = agree(ada, now=NOW)
    pays(ada, "299.99", NOW)
    close_kept([ada.pk], now=NOW)
    plan.refresh_from_db()
    assert plan.state == "active"
    pays(ada, "0.01", NOW)
    close_kept([ada.pk], now=NOW)
    plan.refresh_from_db()
    assert (plan.state, plan.ended_at) == ("kept", NOW)
    assert not PlanInvoice.objects.filter(released_at=None).exists()


def test_plan_whose_rest_is_written_off_is_not_called_kept(ada: Customer) -> None:
    plan = agree(ada, now=NOW)
    pays(ada, "100.00", NOW)
    ledger.write_off(ada.invoices.get(balance__gt=0), reason="insolvent", now=NOW, on=NOW.date(), by=None)
    close_kept([ada.pk], now=NOW)
    plan.refresh_from_db()
    assert (plan.state, plan.end_reason) == ("ended", "written off")


def test_plan_breaks_the_day_after_its_patience_and_its_invoices_are_free(ada: Customer) -> None:
    plan = agree(ada, now=NOW)
    CustomerChange.objects.all().delete()
    assert break_late(now=LATE - timedelta(days=1)) == 0
    assert break_late(now=LATE) == 1
    plan.refresh_from_db()
    assert (plan.state, plan.ended_on) == ("broken", LATE.date())
    assert plannable(ada.pk).count() == 2
    assert CustomerChange.objects.filter(customer_id=ada.pk).exists()
    assert break_late(now=LATE) == 0


def test_plan_paid_in_part_breaks_and_one_paid_in_full_does_not(ada: Customer) -> None:
    plan = agree(ada, now=NOW)
    pays(ada, "99.99", NOW)
    assert break_late(now=LATE - timedelta(days=1)) == 0
    pays(ada, "0.01", NOW)
    assert break_late(now=LATE) == 0
    assert plan.instalments.count() == 3


def test_patience_is_counted_on_the_customer_s_calendar() -> None:
    for name, zone in (("Ada Lindgren", "Pacific/Auckland"), ("Grace Okafor", "America/Los_Angeles")):
        owes(person(name, time_zone=zone), "10.00")
        agree(Customer.objects.get(name=name), now=NOW, first_on=date(2026, 3, 12))
    early = datetime.combine(LATE.date() - timedelta(days=1), NOW.timetz()).replace(hour=13)
    assert break_late(now=early) == 1  # it is tomorrow in Auckland
    assert InstalmentPlan.objects.get(state="broken").customer.name == "Ada Lindgren"


@pytest.mark.parametrize("what", ["charge", "hold", "hold on an invoice", "hold that just ended"])
def test_plan_does_not_break_while_something_explains_the_silence(ada: Customer, what: str) -> None:
    agree(ada, now=NOW)
    if what == "charge":
        ChargeAttempt.objects.create(
            customer=ada, gateway="sandbox", amount=5, currency="EUR", idempotency_key="k", started_at=NOW, look_at=NOW,
            state="pending",
        )  # fmt: skip
    else:
        until = LATE.date() - timedelta(days=2) if "ended" in what else None
        invoice = ada.invoices.first() if "invoice" in what else None
        kind = Hold.Kind.DISPUTE
        holds.place(ada, kind=kind, reason="parts missing", until_on=until, now=NOW, by=None, invoice=invoice)
    assert break_late(now=LATE) == 0


def test_breaking_takes_as_many_queries_for_many_as_for_one() -> None:
    counts = []
    for number in (1, 5):
        for place in range(number):
            customer = person(f"Ada {number}-{place}")
            owes(customer, "10.00")
            agree(customer, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert break_late(now=LATE) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_ending_a_plan_needs_a_reason_and_happens_once(ada: Customer) -> None:
    plan = agree(ada, now=NOW)
    with pytest.raises(PlanRefusal, match="Say in a sentence"):
        instalment_plans.end(plan, reason=" ", now=NOW, by=None)
    instalment_plans.end(plan, reason="sold the business", now=NOW, by=None)
    with pytest.raises(PlanRefusal, match="had ended before"):
        instalment_plans.end(plan, reason="again", now=NOW, by=None)


DEEDS = st.lists(st.tuples(st.sampled_from(["pay", "back", "credit", "bill"]), st.integers(1, 20_000)), max_size=8)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bills=st.lists(st.integers(5, 9000), min_size=1, max_size=3), parts=st.integers(1, 5), deeds=DEEDS)
def test_set_based_look_agrees_with_the_rules_whatever_happens(
    bills: list[int], parts: int, deeds: list[tuple[str, int]]
) -> None:
    ada = person("Ada Lindgren", number=f"A{Customer.objects.count()}")
    for cents in bills:
        owes(ada, str(Decimal(cents) / 100))
    agree(ada, now=NOW, parts=parts, interval=Interval.WEEK)
    for deed, cents in deeds:
        _do(ada, deed, Decimal(cents) / 100)
    [plan] = active_plans([ada.pk])[ada.pk]
    still_open = sum(ada.invoices.values_list("balance", flat=True))
    asked = missing(plan.instalments, settled=plan.settled, still_open=still_open)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT due_on FROM ({OLDEST_MISSING}) AS found WHERE customer_id = %s", [ada.pk])
        assert cursor.fetchone() == ((asked[0].due_on,) if asked else None)
    kept = with_progress(InstalmentPlan.objects.filter(pk=plan.id)).get()
    assert (kept.settled, kept.still_open) == (plan.settled, still_open)


def _do(ada: Customer, deed: str, amount: Decimal) -> None:
    latest, invoice = ada.payments.order_by("pk").last(), ada.invoices.filter(balance__gt=0).first()
    match deed:
        case "pay":
            pays(ada, str(amount), NOW)
        case "back" if latest and amount <= latest.amount - sum(r.amount for r in latest.refunds.all()):
            refunds.record(latest, kind=Refund.Kind.REFUND, amount=amount, on=NOW.date(), reason="back", now=NOW)
        case "credit" if invoice and amount <= invoice.balance:
            ledger.credit(invoice, amount, reason="fault", now=NOW, on=NOW.date(), by=None)
        case "bill" if invoice:
            ledger.post([ledger.Posting(invoice.pk, LedgerEntry.Kind.INVOICED, amount, NOW.date(), "import")], now=NOW)
            Invoice.objects.filter(pk=invoice.pk).update(amount=invoice.amount + amount)
