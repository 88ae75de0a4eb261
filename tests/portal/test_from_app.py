"""The customers' own app: a signed button to the customer's page, and the same facts as JSON."""

import json
import re
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from customers.models import Customer
from dunning.models import PortalLink
from dunning.operations import requests
from dunning.operations.requests import Asked
from dunning.rules.app_tokens import LIVES, AppDoor, token_for
from dunning.rules.doors import LIMITS, Deed, Limit
from dunning.rules.needs import Need
from payments.gateways.sandbox import SandboxGateway
from tests.charging import debit_elsewhere
from tests.people import owes, pays, person
from tests.plans import agree
from tests.portal.conftest import words

pytestmark = pytest.mark.django_db
SECRET = "only for tests, and long enough for that"
DOCS = Path(django_settings.BASE_DIR) / "docs/embed.md"


@pytest.fixture(autouse=True)
def secret(settings: Settings) -> None:
    settings.BILLING_SECRET = SECRET


def token(door: AppDoor, number: str = "ADA-LINDGREN", *, lives: timedelta = timedelta(minutes=5)) -> str:
    return token_for(number, secret=SECRET, ends_at=timezone.now() + lives, door=door)


def facts(number: str = "ADA-LINDGREN", **told: Any) -> Any:
    headers = {"Authorization": f"Bearer {token(AppDoor.FACTS, number, **told)}"}
    return Client().get("/billing/facts/", headers=headers)


def test_a_signed_button_leads_to_the_page_by_one_press_and_looking_makes_no_link(ada: Customer) -> None:
    owes(ada, "420.00")
    client, address = Client(enforce_csrf_checks=True), f"/p/app/{token(AppDoor.PAGE)}/"
    page = client.get(address)
    assert ("Open my bills" in words(page), PortalLink.objects.count()) == (True, 0)
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "€420.00" in words(client.post(address, follow=True))
    client.post(address)
    [link] = PortalLink.objects.all()
    assert link.expires_at - link.created_at == timedelta(days=1)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: token(AppDoor.NOTICES),
        lambda: token(AppDoor.FACTS),
        lambda: token(AppDoor.PAGE, lives=-timedelta(seconds=1)),
        lambda: token(AppDoor.PAGE, lives=timedelta(hours=1)),
        lambda: token(AppDoor.PAGE, "NOBODY"),
        lambda: token(AppDoor.PAGE)[:-1] + "x",
    ],
)
def test_a_token_that_does_not_open_looks_like_a_bad_link(ada: Customer, wrong: Any) -> None:
    told = wrong()
    for ask in (Client().get, Client().post):
        answer = ask(f"/p/app/{told}/")
        assert (answer.status_code, "This link does not open" in words(answer)) == (404, True)
    assert PortalLink.objects.count() == 0


def test_nothing_opens_while_no_secret_is_set(ada: Customer, settings: Settings) -> None:
    settings.BILLING_SECRET = ""
    assert (
        Client()
        .get(f"/p/app/{token_for('ADA-LINDGREN', secret='', ends_at=timezone.now(), door=AppDoor.PAGE)}/")
        .status_code
        == 404
    )
    assert facts().status_code == 403


def test_the_facts_are_those_of_the_page(ada: Customer, now: datetime, gateway: SandboxGateway) -> None:
    disputed = owes(ada, "420.00", what="Consulting", number="R-1")
    owes(ada, "80.50", due="2990-01-01", number="R-2")
    agree(ada, now=timezone.now(), parts=2, invoices=[owes(ada, "30.00", number="R-3")])
    owes(ada, "1250000", "JPY", number="R-4")
    requests.ask(ada, Asked(Need.DISPUTE, invoice=disputed, text="x", currency="EUR"), now=timezone.now())
    answer = facts()
    told = answer.json()
    assert answer["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer
    assert [(debt["currency"], debt["total"], debt["due"]) for debt in told["debts"]] == [
        ("EUR", "530.5", "0"),
        ("JPY", "1250000", "1250000"),
    ]
    assert [(one["number"], one["open"], one["disputed"], one["state"]) for one in told["debts"][0]["invoices"]] == [
        ("R-1", "420", "420", "disputed"),
        ("R-3", "30", "0", "overdue"),
        ("R-2", "80.5", "0", "open"),
    ]
    assert [[part["missing"] for part in plan["instalments"]] for plan in told["plans"]] == [["15", "15"]]
    assert [(one["kind"], one["invoice"]) for one in told["requests"]] == [("dispute", "R-1")]


def test_the_facts_say_what_is_disputed_paid_in_part_and_on_its_way(ada: Customer, now: datetime) -> None:
    wrong, elsewhere = owes(ada, "420.00", number="R-1"), owes(ada, "49.00", number="R-2")
    dispute = Asked(Need.DISPUTE, invoice=wrong, amount=Decimal(5), text="x", currency="EUR")
    requests.ask(ada, dispute, now=timezone.now())
    debit_elsewhere(ada, elsewhere, started_at=timezone.now())
    agree(ada, now=timezone.now(), parts=2, invoices=[owes(ada, "30.00", "USD", number="R-3")])
    pays(ada, "20.00", timezone.now(), currency="USD")
    told = facts().json()
    [debt, _] = told["debts"]
    assert debt["debits"] == [{"amount": "49", "state": "pending"}]
    [invoice] = debt["invoices"]
    assert (invoice["number"], invoice["disputed"], invoice["state"]) == ("R-1", "5", "overdue")
    assert [part["missing"] for part in told["plans"][0]["instalments"]] == ["0", "10"]


def test_the_schema_is_the_documented_one(ada: Customer, now: datetime) -> None:
    owes(ada, "420.00", what="Consulting")
    requests.ask(ada, Asked(Need.CALL, day_part="noon", phone="1"), now=timezone.now())
    agree(ada, now=timezone.now(), parts=2, invoices=[owes(ada, "30.00")])

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shape(inner) for name, inner in value.items()}
        return [shape(value[0])] if isinstance(value, list) and value else None

    told = facts().json()
    documented = json.loads(re.findall(r"```json\n(.*?)```", DOCS.read_text(), re.DOTALL)[0])
    documented["debts"][0]["payment_under_way"] = None  # nothing is on its way here
    documented["claims"], documented["debts"][0]["debits"] = [], []
    assert shape(told) == shape(documented)


def test_the_example_in_the_docs_makes_tokens_that_open(ada: Customer) -> None:
    code = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)[0]
    made: dict[str, Any] = {}
    exec(code, made)  # noqa: S102
    assert Client().get(f"/p/app/{made['billing_token']('page1', 'ADA-LINDGREN', SECRET)}/").status_code == 200
    headers = {"Authorization": f"Bearer {made['billing_token']('facts1', 'ADA-LINDGREN', SECRET)}"}
    assert Client().get("/billing/facts/", headers=headers).status_code == 200
    assert len(code.strip().splitlines()) <= 10


def test_facts_are_for_one_customer_by_get_with_a_limit(ada: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, Deed.DATA, Limit(2, timedelta(days=1)))
    person("Grace Okafor")
    assert [facts().status_code for _ in range(3)] == [200, 200, 429]
    assert facts("GRACE-OKAFOR").json()["customer"]["name"] == "Grace Okafor"
    assert facts("NOBODY").status_code == 403
    assert Client().get("/billing/facts/").status_code == 403
    assert Client().post("/billing/facts/").status_code == 405
    assert facts(lives=LIVES[AppDoor.FACTS] * 2).status_code == 403
