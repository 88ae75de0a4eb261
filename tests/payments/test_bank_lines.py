"""Settling bank lines: each once, by whomever, with every cent accounted for."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.deadline import Deadline
from customers.models import Customer, CustomerChange, ImportRun
from customers.queries import ledger_faults
from payments.models import Allocation, BankLine, LikelyPayer, Payment
from payments.operations import bank_lines, bank_matching
from payments.operations.bank_files import take_in
from payments.operations.bank_lines import BankLineRefusal
from payments.queries.bank_candidates import candidates_for
from payments.queries.money import unapplied_of
from payments.tasks import match_bank_lines
from tests.bank import Credit, camt
from tests.people import NOW, owes, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren")
    owes(ada, "120.00", number="R-2026-0001")
    return ada


@pytest.fixture
def karl() -> User:
    return User.objects.create(username="karl")


def came(*credits: Credit, now: datetime = NOW) -> list[BankLine]:
    take_in(camt(*credits), name="statement.xml", now=now, by=None)
    return list(BankLine.objects.order_by("-pk")[: len(credits)])


def test_money_from_a_known_account_waits_and_is_likely(ada: Customer) -> None:
    came(Credit("120.00", "R-2026-0001", "BK1"))
    owes(ada, "80.00", number="R-2026-0002")
    [line] = came(Credit("70.00", "thanks", "BK2", name="somebody else"))
    assert line.state == "waiting"
    assert list(line.likely_payers.values_list("customer", flat=True)) == [ada.pk]


def test_account_of_many_customers_tells_nothing() -> None:
    for place in range(4):
        owes(person("Ada Lindgren", f"C-{place}"), "10.00", number=f"R-2026-000{place}")
        came(Credit("10.00", f"R-2026-000{place}", f"BK{place}"))
    assert BankLine.objects.filter(state="posted").count() == 4
    [line] = came(Credit("7.00", "thanks", name="A payment provider"))
    assert not line.likely_payers.exists()


def test_two_equally_likely_customers_are_both_left_alone(ada: Customer) -> None:
    grace = person("Ada Lindgren", "ANOTHER")
    owes(grace, "120.00", number="X-1")
    [line] = came(Credit("120.00", "thanks"))
    assert set(line.likely_payers.values_list("customer", flat=True)) == {ada.pk, grace.pk}


def test_likely_money_is_news_when_it_comes_and_when_it_is_settled(ada: Customer) -> None:
    CustomerChange.objects.all().delete()
    [line] = came(Credit("120.00", "thanks"))
    assert CustomerChange.objects.get().customer_id == ada.pk
    CustomerChange.objects.all().delete()
    bank_matching.match_waiting(now=NOW)
    assert not CustomerChange.objects.exists()  # nothing changed
    bank_lines.set_aside(line, reason="a refund", now=NOW, by=None)
    assert CustomerChange.objects.get().customer_id == ada.pk
    assert not LikelyPayer.objects.exists()


def test_invoice_that_comes_after_its_money_is_matched_by_the_next_file() -> None:
    [line] = came(Credit("120.00", "R-2026-0001", name=""))
    owes(person("Ada Lindgren"), "120.00", number="R-2026-0001")
    came(Credit("-1.00", "Fee"))
    line.refresh_from_db()
    assert line.state == "posted"


def test_posting_twice_is_posting_once(ada: Customer, karl: User) -> None:
    [line] = came(Credit("50.00", "thanks", name="x"))
    assert bank_lines.post(line, ada, invoice_ids=(), why="chosen by hand", now=NOW, by=karl)
    assert not bank_lines.post(line, ada, invoice_ids=(), why="chosen by hand", now=NOW, by=karl)
    line.refresh_from_db()
    assert (line.settled_by, line.settled_at, line.reason) == (karl, NOW, "chosen by hand")
    assert Payment.objects.get().amount == 50 and ada.invoices.get().balance == 70


def test_settled_line_is_not_settled_otherwise(ada: Customer, karl: User) -> None:
    grace = person("Grace Okafor")
    found = came(Credit("-1.00", "fee"), Credit("50.00", "thanks", name="x"), Credit("51.00", "thanks", name="x"))
    lines = {line.amount: line for line in found}
    bank_lines.post(lines[Decimal(50)], ada, invoice_ids=(), why="", now=NOW, by=karl)
    bank_lines.set_aside(lines[Decimal(51)], reason="a transfer", now=NOW, by=karl)
    assert not bank_lines.set_aside(lines[Decimal(51)], reason="a transfer", now=NOW, by=karl)
    with pytest.raises(BankLineRefusal, match="posted already, to Ada Lindgren"):
        bank_lines.post(lines[Decimal(50)], grace, invoice_ids=(), why="", now=NOW, by=karl)
    with pytest.raises(BankLineRefusal, match="posted already"):
        bank_lines.set_aside(lines[Decimal(50)], reason="", now=NOW, by=karl)
    with pytest.raises(BankLineRefusal, match="set aside: a transfer"):
        bank_lines.post(lines[Decimal(51)], ada, invoice_ids=(), why="", now=NOW, by=karl)
    with pytest.raises(BankLineRefusal, match="Money went out"):
        bank_lines.post(lines[Decimal(-1)], ada, invoice_ids=(), why="", now=NOW, by=karl)


def test_another_customer_s_invoice_is_refused(ada: Customer, karl: User) -> None:
    grace = person("Grace Okafor")
    [line] = came(Credit("50.00", "thanks", name="x"))
    with pytest.raises(BankLineRefusal, match="Invoice R-2026-0001 is another customer's"):
        bank_lines.post(line, grace, invoice_ids=[ada.invoices.get().pk], why="", now=NOW, by=karl)
    assert not Payment.objects.exists()


def test_what_the_payer_names_is_settled_first_and_then_the_oldest(ada: Customer, karl: User) -> None:
    younger = owes(ada, "30.00", due="2026-03-01", number="R-2026-0002")
    [line] = came(Credit("40.00", "x", name="x"))
    bank_lines.post(line, ada, invoice_ids=[younger.pk], why="", now=NOW, by=karl)
    assert [invoice.balance for invoice in ada.invoices.order_by("pk")] == [110, 0]
    assert unapplied_of(ada.pk) == []


def test_what_no_open_invoice_needs_is_credit(ada: Customer, karl: User) -> None:
    [line] = came(Credit("130.00", "x", name="x"))
    bank_lines.post(line, ada, invoice_ids=[ada.invoices.get().pk], why="", now=NOW, by=karl)
    assert unapplied_of(ada.pk) == [("EUR", Decimal(10))]


def test_oldest_is_settled_first_when_nothing_is_named(ada: Customer, karl: User) -> None:
    owes(ada, "30.00", due="2026-01-01", number="R-2026-0002")
    [line] = came(Credit("40.00", "x", name="x"))
    bank_lines.post(line, ada, invoice_ids=(), why="", now=NOW, by=karl)
    assert [invoice.balance for invoice in ada.invoices.order_by("pk")] == [110, 0]


def queries_for(lines: list[BankLine]) -> int:
    with CaptureQueriesContext(connection) as queries:
        candidates_for(lines, now=NOW)
    return len(queries)


def test_candidates_take_as_many_queries_for_thirty_lines_as_for_one() -> None:
    for place in range(30):
        owes(person("Ada Lindgren", f"C-{place}"), f"{100 + place}.00", number=f"R-2026-{place:04}")
    lines = came(*(Credit(f"{200 + place}.00", f"R-2026-{place:04} C-{place}", f"BK{place}") for place in range(30)))
    assert len(lines) == 30
    assert queries_for(lines[:1]) == queries_for(lines) == 7


def test_matching_takes_as_many_queries_for_thirty_waiting_lines_as_for_one() -> None:
    counts = []
    for number in (1, 30):
        came(*(Credit(f"{200 + place}.00", "nothing", f"BK{place}") for place in range(number)))
        with CaptureQueriesContext(connection) as queries:
            bank_matching.match_waiting(now=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("index", ["invoice_number_key", "customer_number_key", "invoice_open_by_balance"])
def test_candidates_are_found_by_index(index: str) -> None:
    ada = person("Ada Lindgren")
    for number in range(300):  # in a book of a few rows any index is as good as another
        owes(ada, f"{200 + number}.00", number=f"X-{number}")
    lines = came(Credit("120.00", "R-2026-0001 C-1"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_invoice")
    with CaptureQueriesContext(connection) as queries:
        candidates_for(lines, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plans = ""
        for query in queries:
            cursor.execute("EXPLAIN " + query["sql"])
            plans += str(cursor.fetchall())
    assert index in plans and "customer_name_words" in plans


TEXTS = st.sampled_from(["R-2026-0000", "R-2026-0001", "R-2026-0000 R-2026-0001", "X-0", "thanks", ""])
CREDITS = st.builds(
    Credit,
    amount=st.sampled_from(["10.00", "20.00", "30.00", "-5.00", "77.00"]),
    text=TEXTS,
    ref=st.sampled_from(["", "BK1", "BK2"]),
    name=st.sampled_from(["Ada Lindgren", "Grace Okafor", "Bank"]),
)
DEEDS = st.one_of(
    st.tuples(st.just("take in"), st.lists(CREDITS, max_size=4)),
    st.tuples(st.just("post"), st.integers(0, 9)),
    st.tuples(st.just("set aside"), st.integers(0, 9)),
)


class EveryCentIsAccountedFor(TestCase):
    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(st.lists(DEEDS, max_size=8))
    def test_what_came_in_is_allocated_unapplied_or_waiting(self, deeds: list[tuple[str, object]]) -> None:
        ada, grace = person("Ada Lindgren"), person("Grace Okafor")
        for customer in (ada, grace):
            for place in range(2):
                prefix = "R-2026-000" if customer is ada else "X-"
                owes(customer, "10.00", number=f"{prefix}{place}")
        for kind, told in deeds:
            self.do(kind, told, ada)
            self.check()

    def do(self, kind: str, told: object, ada: Customer) -> None:
        if kind == "take in":
            take_in(camt(*told), name="x", now=NOW, by=None)  # type: ignore[misc]
            return
        lines = list(BankLine.objects.order_by("pk"))
        if not lines:
            return
        line = lines[told % len(lines)]  # type: ignore[operator]
        try:
            if kind == "post":
                bank_lines.post(line, ada, invoice_ids=(), why="", now=NOW, by=None)
            else:
                bank_lines.set_aside(line, reason="no customer's", now=NOW, by=None)
        except BankLineRefusal:
            assert line.state != "waiting"

    def check(self) -> None:
        credits = BankLine.objects.filter(amount__gt=0)
        waiting = total(credits.filter(state__in=["waiting", "set_aside"]))
        allocated = total(Allocation.objects.all())
        unapplied = sum(sum(left for _, left in unapplied_of(customer.pk)) for customer in Customer.objects.all())
        assert total(credits) == allocated + unapplied + waiting
        assert total(credits.filter(state="posted")) == total(Payment.objects.all())
        assert not list(ledger_faults())
        assert not LikelyPayer.objects.exclude(line__state="waiting").exists()


def total(rows: object) -> Decimal:
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)  # type: ignore[attr-defined]


def test_worker_matches_what_came_before_its_invoice(ada: Customer) -> None:
    [line] = came(Credit("80.00", "R-2026-0002"))
    owes(ada, "80.00", number="R-2026-0002")
    match_bank_lines()
    line.refresh_from_db()
    assert (line.state, line.customer) == ("posted", ada)


def looked_at_in(minutes: int) -> list[int]:
    """The minutes in which the line that waits is compared, rung once a minute."""
    looked = []
    for minute in range(minutes):
        bank_matching.match_due(now=NOW + timedelta(minutes=minute))
        if BankLine.objects.get().looked_at == NOW + timedelta(minutes=minute):
            looked.append(minute)
    return looked


def test_line_that_waits_is_looked_at_ever_more_rarely() -> None:
    came(Credit("80.00", "nothing", name="x"))
    assert looked_at_in(200) == [0, 2, 6, 14, 30, 62, 122, 182]


def test_import_brings_every_line_up_at_once(ada: Customer) -> None:
    [line] = came(Credit("80.00", "R-2026-0002", name="x"))
    assert bank_matching.match_due(now=NOW + timedelta(seconds=30)) == 0
    owes(ada, "80.00", number="R-2026-0002")
    assert bank_matching.match_due(now=NOW + timedelta(seconds=60)) == 0
    ImportRun.objects.create(
        file_name="a.csv", size=1, state="done", uploaded_at=NOW, finished_at=NOW + timedelta(seconds=50)
    )
    assert bank_matching.match_due(now=NOW + timedelta(seconds=70)) == 1
    line.refresh_from_db()
    assert line.customer == ada


def test_what_is_not_matched_at_the_deadline_waits(ada: Customer) -> None:
    take_in(camt(Credit("120.00", "R-2026-0001")), name="x", now=NOW, by=None, deadline=Deadline(0))
    assert BankLine.objects.get().state == "waiting"
    assert bank_matching.match_waiting(now=NOW) == 1
