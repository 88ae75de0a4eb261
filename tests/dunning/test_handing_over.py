"""Handing over: one file with its hash, the case ends and stays so, money since is shown, and it can be taken back."""

import csv
import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Hold
from customers.operations import holds
from dunning.models import Case, CaseEvent, HandedCase, HandOver
from dunning.operations import handing_over
from dunning.operations.handing_over import HandOverRefusal
from dunning.operations.tick import tick
from dunning.queries.handed import handed_with_money
from dunning.rules.words import Tone
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, pays, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def nia() -> User:
    return User.objects.create_user("nia")


@pytest.fixture
def ada(provider: Provider) -> Customer:
    """Was reminded a day after her bill of 1 March; the campaign ends with an agency on day 10."""
    standard_campaign(now=NOW, steps=[(1, Tone.FRIENDLY)], actions={"hand_over": 10})
    ada = reachable("Ada Lindgren")
    owes(ada, "10.00", due="2026-03-01", what="=cmd")
    tick(now=NOW)
    return ada


def sheet(made: HandOver, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(bytes(made.file))) as files:
        return list(csv.DictReader(io.StringIO(files.read(name).decode("utf-8-sig"))))


def test_step_marks_the_case_and_a_person_hands_it_over(ada: Customer, nia: User) -> None:
    tick(now=NOW + 9 * DAY)
    assert Case.objects.get().attention == "hand_over"
    handed = handing_over.hand_over([Case.objects.get().pk], agency="Honest Ltd", now=NOW + 9 * DAY, by=nia)
    case, made = Case.objects.get(), handed.hand_over
    assert (case.state, case.ending, case.attention) == ("closed", "handed_over", "")
    assert CaseEvent.objects.filter(kind="closed").get().text == "Closed: handed over to Honest Ltd (nia)"
    assert made.sha256 == hashlib.sha256(bytes(made.file)).hexdigest()
    [customer], [invoice], [letter] = (sheet(made, f"{name}.csv") for name in ("customers", "invoices", "letters"))
    assert (customer["customer_name"], customer["email"]) == ("Ada Lindgren", "ada-lindgren@example.com")
    assert (invoice["open"], invoice["currency"], invoice["for"]) == ("10", "EUR", "'=cmd")
    assert (letter["step"], letter["sent_at"]) == ("friendly reminder (day +1)", "2026-03-02T10:00:00+00:00")


def test_handing_over_takes_as_many_queries_for_five_invoices_as_for_one(ada: Customer, nia: User) -> None:
    tick(now=NOW + 9 * DAY)
    counts = []
    for name, bills in (("Grace Okafor", 1), ("Jun Tanaka", 5)):
        customer = reachable(name)
        for _ in range(bills):
            owes(customer, "10.00", due="2026-03-01")
        tick(now=NOW + 9 * DAY)
        case = Case.objects.get(customer=customer)
        with CaptureQueriesContext(connection) as queries:
            handing_over.hand_over([case.pk], agency="Honest Ltd", now=NOW + 9 * DAY, by=nia)
        counts.append(len(queries))
        assert customer.holds.filter(released_at=None).count() == bills
    assert counts[0] == counts[1]


def test_handed_case_stays_closed_and_is_not_handed_over_twice(ada: Customer, nia: User, provider: Provider) -> None:
    case = Case.objects.get()
    handing_over.hand_over([case.pk], agency="Honest Ltd", now=NOW, by=nia)
    for day in range(1, 40, 3):
        tick(now=NOW + day * DAY)
    assert (Case.objects.count(), len(provider.accepted())) == (1, 1)
    with pytest.raises(HandOverRefusal, match="they are closed"):
        handing_over.hand_over([case.pk], agency="Honest Ltd", now=NOW, by=nia)
    owes(ada, "20.00", due="2026-04-20")
    tick(now=NOW + 51 * DAY)
    assert Case.objects.filter(state="open").count() == 1


def test_money_since_is_shown_until_the_agency_is_told(ada: Customer, nia: User) -> None:
    case = Case.objects.get()
    handing_over.hand_over([case.pk], agency="Honest Ltd", now=NOW, by=nia)
    assert not handed_with_money().exists()
    pays(ada, "4", NOW + 3 * DAY)
    tick(now=NOW + 3 * DAY)
    assert [handed.case for handed in handed_with_money()] == [case]
    assert Case.objects.get().ending == "handed_over"
    handing_over.tell_agency(case, now=NOW + 4 * DAY, by=nia)
    assert not handed_with_money().exists()


def test_case_taken_back_begins_anew_with_what_is_open(ada: Customer, nia: User) -> None:
    case = Case.objects.get()
    handing_over.hand_over([case.pk], agency="Honest Ltd", now=NOW, by=nia)
    pays(ada, "4", NOW + 3 * DAY)
    handing_over.take_back(case, reason="they moved abroad", now=NOW + 5 * DAY, by=nia)
    tick(now=NOW + 5 * DAY)
    assert list(Case.objects.order_by("pk").values_list("state", flat=True)) == ["closed", "open"]
    assert not Hold.objects.filter(released_at=None).exists()
    with pytest.raises(HandOverRefusal, match="not with an agency"):
        handing_over.take_back(case, reason="again", now=NOW + 5 * DAY, by=nia)


def test_what_is_disputed_or_left_alone_does_not_go(ada: Customer, nia: User) -> None:
    disputed = owes(ada, "99.00", due="2026-03-01")
    holds.place(ada, kind=Hold.Kind.DISPUTE, reason="wrong", until_on=None, now=NOW, by=None, invoice=disputed)
    grace = reachable("Grace Okafor")
    owes(grace, "10.00", due="2026-03-01")
    tick(now=NOW)
    holds.place(grace, kind=Hold.Kind.PROMISE, reason="pays on Friday", until_on=None, now=NOW, by=None)
    chosen = list(Case.objects.values_list("pk", flat=True))
    handed = handing_over.hand_over(chosen, agency="Honest Ltd", now=NOW, by=nia)
    assert (handed.cases, handed.left_out) == (1, 1)
    assert [row["open"] for row in sheet(handed.hand_over, "invoices.csv")] == ["10"]
    assert [row.case.customer for row in HandedCase.objects.all()] == [ada]
