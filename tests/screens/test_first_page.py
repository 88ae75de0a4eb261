"""The first page: true numbers, each leading to the rows behind it, in a fixed number of queries."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.queries import ageing, owed_by, segments
from customers.rules.ageing import AGE_BUCKETS
from dunning.models import Case, EngineState, Notice
from dunning.operations.tick import tick
from payments.models import GatewayEvent
from tests.campaigns import standard_campaign
from tests.people import owes, person
from tests.screens.books import add_customer, books_with

TODAY = date(2026, 3, 2)


def first_page(client: Client) -> Any:
    page = client.get("/desk/")
    assert page.status_code == 200
    return page.context


def figure(figures: list[Any], words: str) -> Any:
    return next(figure for figure in figures if figure.words == words)


def test_queries_are_as_many_for_three_customers_as_for_one(chief: Client) -> None:
    books_with(1)
    first_page(chief)
    with CaptureQueriesContext(connection) as with_one:
        first_page(chief)
    add_customer(1)
    add_customer(2)
    with CaptureQueriesContext(connection) as with_three:
        first_page(chief)
    assert len(with_one) == len(with_three) <= 36


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(-30, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (120, 4), (121, 5), (3000, 5)],
)
def test_invoice_falls_into_the_bucket_of_its_days_past_due(db: None, days: int, bucket: int) -> None:
    owes(person(), "10.00", due=str(TODAY - timedelta(days=days)))
    [row] = ageing(TODAY)
    assert row.invoices == [1 if place == bucket else 0 for place in range(len(AGE_BUCKETS))]


def test_currencies_stand_apart(db: None) -> None:
    ada = person()
    owes(ada, "10.00", "EUR", due="2026-02-01")
    owes(ada, "500", "JPY", due="2026-05-01")
    assert [(row.currency, row.total, row.overdue) for row in ageing(TODAY)] == [
        ("EUR", Decimal(10), Decimal(10)),
        ("JPY", Decimal(500), Decimal(0)),
    ]
    assert [tuple(owed) for owed in owed_by(ada.pk, TODAY)] == [("EUR", 10, 10), ("JPY", 500, 0)]


def test_ages_lead_to_their_invoices(chief: Client) -> None:
    books_with(1)
    [row] = first_page(chief)["age_rows"]
    cell = next(cell for cell in row["cells"] if cell)
    assert (cell["count"], cell["amount"]) == ("3 invoices", "215.00")
    assert chief.get(cell["url"]).context["cl"].result_count == 3


def test_every_number_leads_to_as_many_rows(chief: Client) -> None:
    books_with(2)
    Case.objects.filter(pk=Case.objects.first().pk).update(attention="parked")  # type: ignore[union-attr]
    Notice.objects.filter(pk=Notice.objects.first().pk).update(state="in_doubt")  # type: ignore[union-attr]
    page = first_page(chief)
    for shown in [*page["waiting"], *page["idle"], *page["coming"], *page["done"]]:
        if shown.words not in ("paid", "payments") and not shown.words.endswith(
            ("review", "printed")
        ):  # pages of their own
            assert f"{chief.get(shown.url).context['cl'].result_count:,}" == shown.number, shown.words


def test_what_needs_a_person_is_counted(chief: Client, settings: Any) -> None:
    books_with(2)
    Case.objects.filter(pk=Case.objects.first().pk).update(attention="no_address")  # type: ignore[union-attr]
    Notice.objects.filter(pk=Notice.objects.first().pk).update(  # type: ignore[union-attr]
        state="refused", queued_at=timezone.now() - timedelta(days=5, hours=1)
    )
    needed = first_page(chief)["waiting"]
    assert figure(needed, "customer without an address").number == "1"
    assert figure(needed, "notice refused").note == "the oldest is 5 days old"


def test_what_does_not_wait_is_one_line(chief: Client) -> None:
    books_with(1)
    page = chief.get("/desk/").content.decode()
    assert "Nothing else waits: no " in page
    assert "bank line waiting" in page  # a figure of its own


def test_gateway_event_without_an_answer_shows_after_an_hour(chief: Client) -> None:
    books_with(1)
    event = GatewayEvent.objects.get()
    GatewayEvent.objects.update(received_at=timezone.now() - timedelta(minutes=59))
    assert figure(first_page(chief)["idle"], "gateway events without an answer").number == "0"
    GatewayEvent.objects.update(received_at=timezone.now() - timedelta(hours=7, minutes=1))
    shown = figure(first_page(chief)["waiting"], "gateway event without an answer")
    assert (shown.number, shown.note) == ("1", "the oldest is 7 hours old")
    assert list(chief.get(shown.url).context["cl"].result_list) == [event]


def test_next_steps_come_with_customer_day_and_reason(chief: Client) -> None:
    [ada] = books_with(1)
    page = chief.get("/desk/").content.decode()
    case = Case.objects.get()
    assert ada.name in page
    assert case.next_reason.split(";")[0] in page


@pytest.mark.parametrize(
    ("age", "is_late"), [(timedelta(seconds=50), False), (timedelta(minutes=4), True), (timedelta(days=3), True)]
)
def test_engine_turns_red_when_its_last_turn_is_older_than_three_minutes(
    chief: Client, age: timedelta, is_late: bool
) -> None:
    EngineState.objects.update_or_create(pk=1, defaults={"ticked_at": timezone.now() - age})
    page = chief.get("/desk/").content.decode()
    assert ("desk-late" in page) is is_late


def test_empty_desk_says_what_to_do_first(chief: Client) -> None:
    assert "Start with your accounts" in chief.get("/desk/").content.decode()


def test_settled_books_show_no_amounts(chief: Client) -> None:
    person()
    assert "Nothing is open: every invoice is settled." in chief.get("/desk/").content.decode()


def test_staff_without_a_role_sees_no_figures(db: None) -> None:
    from tests.screens.conftest import signed_in

    assert "Choose a page from the menu." in signed_in("new").get("/desk/").content.decode()


def test_segments_in_use_are_found_hop_by_hop(db: None) -> None:
    for name, segment in (("Ada", "retail"), ("Grace", ""), ("Marie", "key accounts"), ("Ines", "retail")):
        person(name, segment=segment)
    assert segments() == ["key accounts", "retail"]


def test_root_leads_to_the_desk(client: Client) -> None:
    assert client.get("/")["Location"] == "/desk/"


def test_overdue_customer_shows_in_the_next_steps_after_one_turn(chief: Client) -> None:
    from tests.people import reachable

    standard_campaign(now=timezone.now())
    owes(reachable("Ada Lindgren"), "10.00", due=str(timezone.now().date()))
    tick(now=timezone.now())
    assert first_page(chief)["ahead"].within_a_week >= 1
