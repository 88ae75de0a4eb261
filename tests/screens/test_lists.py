"""Every list page: a fixed number of queries, search by index, no deep pages."""

import json
from datetime import timedelta
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Count, Func, Value
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from customers.admin import base
from customers.admin.filters import KnownFilter
from customers.models import Contact, Customer, Invoice
from customers.queries import customers_called, starts_with
from tests.people import owes, person, reachable
from tests.screens.books import add_customer, books_with

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
SEARCHED = ["nobody", "%", "'; DROP TABLE x; --", "a & b | !c", "\\", "ü:*", "9" * 400]


def page_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_every_list_takes_as_many_queries_for_three_rows_as_for_one(chief: Client) -> None:
    books_with(1)
    chief.get(reverse("admin:index"))
    with_one = {model: queries_of(chief, page_of(model)) for model in MODELS}
    add_customer(1)
    add_customer(2)
    with_three = {model: queries_of(chief, page_of(model)) for model in MODELS}
    assert with_one == with_three
    assert max(with_three.values()) <= 10


def test_any_search_word_is_only_a_word(chief: Client) -> None:
    """Each list is asked for one of them, and those that are searched in their own ways for all."""
    books_with(1)
    asked = list(zip(MODELS, cycle(SEARCHED), strict=False))
    asked += [(model, term) for model in (Customer, Invoice, Contact) for term in SEARCHED]
    for model, term in asked:
        assert chief.get(page_of(model), {"q": term}).status_code == 200, (model, term)


@pytest.mark.parametrize("address", ["?nonsense=1", "?number__icontains=1", "?customer__name__regex=.*"])
def test_a_filter_nobody_offers_is_refused(chief: Client, address: str) -> None:
    books_with(1)
    assert chief.get(page_of(Invoice) + address).status_code in (302, 400)


def test_every_filter_takes_every_value_it_offers(chief: Client) -> None:
    """Asked of the lists behind the pages: drawing hundreds of pages would show no more."""
    books_with(1)
    asking = chief.get(reverse("admin:index")).wsgi_request
    for model in MODELS:
        for chosen in (spec for spec in listed(model, asking).filter_specs if isinstance(spec, KnownFilter)):
            offered = [value for value, _ in chosen.lookup_choices][:12]
            for value in [*offered, "no such value"]:
                list(listed(model, asking, {chosen.parameter_name: value}).result_list)


def listed(model: Any, asking: Any, chosen: dict[str, str] | None = None) -> Any:
    """The list of the model's rows as its page asks for it."""
    asking.GET = QueryDict(urlencode(chosen or {}))
    return admin.site._registry[model].get_changelist_instance(asking)


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("ada-l", True),
        ("ADA-L", True),
        ("lind", True),
        ("Ada Lind", True),
        ("ada-lindgren@", True),
        ("gren", False),
        ("Ada-Lindgren@EX", True),
    ],
)
def test_a_customer_is_found_by_number_name_and_address(db: None, term: str, found: bool) -> None:
    ada = reachable("Ada Lindgren")
    reachable("Grace Okafor")
    assert customers_called(term) == ([ada.pk] if found else [])


def test_an_invoice_is_found_by_its_customer(chief: Client) -> None:
    owes(person("Ada Lindgren"), "10.00", number="R-1")
    owes(person("Grace Okafor"), "10.00", number="R-2")
    found = chief.get(page_of(Invoice), {"q": "okafor"}).context["cl"].result_list
    assert [invoice.number for invoice in found] == ["R-2"]


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: Customer.objects.filter(starts_with("number", "C-1")), "customers_customer_number"),
        (lambda: Invoice.objects.filter(starts_with("number", "R-1")), "customers_invoice_number"),
        (lambda: Contact.objects.filter(email__istartswith="ada"), "contact_email_start"),
    ],
)
def test_search_goes_by_index(db: None, rows: Any, index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    assert index in rows().explain()


def test_search_by_words_of_a_name_goes_by_index(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        customers_called("lindgren")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        cursor.execute("EXPLAIN (FORMAT JSON) " + queries[-1]["sql"])
        assert "customer_name_words" in json.dumps(cursor.fetchone())


def test_lists_say_what_each_customer_owes_per_currency(chief: Client) -> None:
    ada = person("Ada Lindgren")
    owes(ada, "1010.00", "EUR", due="2020-01-01")
    owes(ada, "5.50", "EUR", due="2990-01-01")
    owes(ada, "700", "JPY", due="2990-01-01")
    page = " ".join(strip_tags(chief.get(page_of(Customer)).content.decode().replace("<", " <")).split())
    assert "1,015.50 EUR" in page
    assert "1,010.00 overdue 700 JPY not due yet" in page


def test_a_long_list_is_not_counted_to_its_end(chief: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "COUNTED_ROWS", 2)
    ada = person("Ada Lindgren")
    for number in range(4):
        owes(ada, "10.00", number=f"R-{number}")
    page = chief.get(page_of(Invoice))
    assert "more than 2 invoices" in page.content.decode()
    assert [(total["currency"], total["rows"]) for total in page.context["cl"].totals] == [("EUR", 4)]


def test_totals_that_take_too_long_are_left_out(chief: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "COUNTED_ROWS", 2)
    ada = person("Ada Lindgren")
    for number in range(4):
        owes(ada, "10.00", number=f"R-{number}")
    slow = Func(Value(9.0), function="pg_sleep", template="%(function)s(%(expressions)s)::text")
    monkeypatch.setattr(base, "_sums_of", lambda sums: {"sum_balance": Count(slow)})
    monkeypatch.setattr(base, "SUMS_TAKE", timedelta(milliseconds=20))
    page = chief.get(page_of(Invoice))
    assert page.context["cl"].totals == []
    assert "Search or filter to see others and the totals." in page.content.decode()
    assert Invoice.objects.count() == 4


def test_a_page_that_does_not_exist_leads_back(chief: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base.DeskAdmin, "list_per_page", 1)
    books_with(1)
    assert chief.get(page_of(Invoice), {"p": "99999999"}).status_code == 302


def test_totals_stand_per_currency_above_the_list(chief: Client) -> None:
    ada = person("Ada Lindgren")
    owes(ada, "10.00", "EUR")
    owes(ada, "5.50", "EUR")
    owes(ada, "700", "JPY")
    totals = chief.get(page_of(Invoice)).context["cl"].totals
    assert [(total["currency"], total["rows"]) for total in totals] == [("EUR", 2), ("JPY", 1)]
    assert [str(dict(total["sums"])["open"].normalize()) for total in totals] == ["15.5", "7E+2"]
