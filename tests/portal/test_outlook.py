"""The page says what we tried and what comes next and when, and names no sensitive cause."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from dunning.models import Case
from dunning.operations.tick import tick
from payments.models import BankAccount, ChargeAttempt
from tests.campaigns import standard_campaign
from tests.people import owes, reachable
from tests.portal.conftest import DECLINED, NO_FUNDS, Door, words
from tests.rules.refusals import MASKED

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]


def test_declined_card_is_named_with_the_day_and_without_a_sensitive_cause(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    at_door.pay(card=DECLINED)
    plain = words(at_door.get())
    today = timezone.localdate()
    assert f"On {today.day} {today:%B %Y} your bank did not approve a payment of €420.00" in plain
    assert "It said that there was not enough money" not in plain
    for code in MASKED:
        ChargeAttempt.objects.update(decline_code=code)
        assert words(at_door.get()) == plain, code
    ChargeAttempt.objects.update(started_at=timezone.now() - timedelta(days=31))
    assert "your bank did not approve" not in words(at_door.get())


def test_missing_money_may_be_named(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    at_door.pay(card=NO_FUNDS)
    assert "It said that there was not enough money at that moment." in words(at_door.get())


def test_day_of_the_next_letter_is_told(door: Open) -> None:
    now = timezone.now().replace(hour=12, minute=0)
    standard_campaign(now=now)
    ada = reachable("Ada Lindgren", country="GB", time_zone="Europe/London")
    due = now.date() - timedelta(days=1)
    owes(ada, "420.00", due=str(due))
    tick(now=now)
    assert Case.objects.get().level == 1
    on: date = due + timedelta(days=7)
    assert f"If something is still open on {on.day} {on:%B %Y}, we write to you again." in words(door(ada).get())


def test_invoice_itself_is_one_click_away(ada: Customer, door: Open) -> None:
    invoice = owes(ada, "420.00", what="March 2026, care of the website")
    invoice.pdf_url = "https://example.com/invoices/1.pdf?key=a&b=c"
    invoice.save()
    page = door(ada).known().get().content.decode()
    assert '<a href="https://example.com/invoices/1.pdf?key=a&amp;b=c" rel="noreferrer noopener">' in page
    assert "March 2026, care of the website" in page


def test_code_for_banking_apps_stands_beside_the_details_of_a_euro_transfer(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    account = BankAccount.objects.create(currency="EUR", holder="Example Company", iban="DE89370400440532013000")
    page = door(ada).get()
    assert "scan this code with your banking app" in words(page)
    assert '<div class="scan"><svg' in page.content.decode()
    BankAccount.objects.filter(pk=account.pk).update(iban="", account_number="123", currency="EUR")
    assert "<svg" not in door(ada).get().content.decode()
