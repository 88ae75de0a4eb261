"""A customer disputes a part of an invoice: nobody asks for it, and everything else goes on."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from customers.models import Customer, Hold, Invoice
from customers.operations import holds
from dunning.models import Case, CustomerRequest, Notice
from dunning.operations import answering
from dunning.operations.requests import Asked, ask
from dunning.operations.tick import tick
from dunning.rules.needs import Need
from payments.models import Payment
from payments.operations import payments
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, pays, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def ada(provider: Provider) -> Customer:
    standard_campaign(now=NOW)
    return reachable("Ada Lindgren", country="DE", time_zone="Europe/Berlin", language="de")


def disputes(invoice: Invoice, amount: str) -> CustomerRequest:
    asked = Asked(Need.DISPUTE, invoice=invoice, amount=Decimal(amount), currency="EUR", text="Zwei Stunden zu viel")
    return ask(invoice.customer, asked, now=NOW)


def asked_for() -> list[tuple[str, str]]:
    """What each letter asked for, invoice by invoice."""
    lines = [line for notice in Notice.objects.order_by("pk") for line in notice.lines]
    return [(line["number"], line["balance"]) for line in lines]


def balances(customer: Customer) -> list[Decimal]:
    return list(customer.invoices.order_by("pk").values_list("balance", flat=True))


def test_letters_ask_for_the_undisputed_rest_and_stop_when_it_is_settled(ada: Customer, provider: Provider) -> None:
    disputes(owes(ada, "300.00", number="R-1"), "100")
    tick(now=NOW)
    assert [(number, Decimal(balance)) for number, balance in asked_for()] == [("R-1", Decimal(200))]
    [letter] = [entry["text"] for entry in provider.accepted() if "/p/" in entry["text"] and "200,00" in entry["text"]]
    assert "300,00" not in letter
    pays(ada, "200.00", NOW + DAY)
    before = Notice.objects.count()
    for days in range(1, 40, 3):
        tick(now=NOW + days * DAY)
    assert (Notice.objects.count(), Case.objects.get().state) == (before, "open")


def test_settled_rest_opens_no_case(ada: Customer) -> None:
    invoice = owes(ada, "300.00")
    pays(ada, "200.00", NOW)
    hold = {"reason": "Wrong", "until_on": None, "invoice": invoice, "by": None, "now": NOW}
    placed = holds.place(ada, kind=Hold.Kind.DISPUTE, disputed_amount=Decimal(100), **hold)
    tick(now=NOW)
    assert not Case.objects.exists()
    holds.release(placed, now=NOW)
    tick(now=NOW)
    assert Case.objects.exists()


def test_answered_dispute_is_asked_for_again(ada: Customer, maria: User) -> None:
    request = disputes(owes(ada, "300.00", number="R-1"), "100")
    answering.settle(request, answer="Die Stunden stimmen.", releases=True, now=NOW, by=maria)
    tick(now=NOW)
    assert [Decimal(balance) for _, balance in asked_for()] == [Decimal(300)]


def test_money_settles_what_is_disputed_last(ada: Customer) -> None:
    disputes(owes(ada, "100.00"), "30")
    owes(ada, "200.00")
    pays(ada, "270.00", NOW)
    assert balances(ada) == [30, 0]
    pays(ada, "10.00", NOW)
    assert balances(ada) == [20, 0]


def test_credit_settles_nothing_that_is_disputed(ada: Customer) -> None:
    pays(ada, "500.00", NOW)  # nothing is open yet: all of it is kept
    disputes(owes(ada, "100.00"), "30")
    tick(now=NOW)
    assert balances(ada) == [30]
    assert Payment.objects.get().unapplied == 430


def test_payer_who_names_the_invoice_pays_the_disputed_part_too(ada: Customer) -> None:
    invoice = owes(ada, "100.00")
    disputes(invoice, "30")
    told = {"amount": Decimal(90), "currency": "EUR", "received_on": NOW.date(), "source": Payment.Source.DESK}
    payments.record(ada, **told, invoice_ids=[invoice.pk], now=NOW)
    assert balances(ada) == [10]


@pytest.mark.parametrize("wrong", [{"kind": Hold.Kind.OTHER}, {"disputed_amount": Decimal(0)}, {"invoice": None}])
def test_only_a_disputed_invoice_rests_in_part(ada: Customer, wrong: dict[str, object]) -> None:
    told = {"kind": Hold.Kind.DISPUTE, "disputed_amount": Decimal(5), "invoice": owes(ada, "10.00"), **wrong}
    with pytest.raises(holds.HoldRefusal, match=r"rests in part|concerns|above 0"):
        holds.place(ada, reason="x", until_on=None, now=NOW, by=None, **told)  # type: ignore[arg-type]
