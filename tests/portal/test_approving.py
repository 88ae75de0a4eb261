"""The bank's question on the bank's own page: yes, no, neither, twice, and heard of by webhook first."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.utils import timezone
from pytest_django import Settings

from customers.models import Customer
from payments.models import ChargeAttempt, PaymentMethod
from payments.operations.inbox import apply_events, catch_up
from payments.operations.reconcile import PATIENCE, reconcile
from tests.people import owes, person
from tests.portal.buyer import TO_APPROVE, TO_APPROVE_THEN_EMPTY, VISA, Buyer, visit
from tests.portal.conftest import words
from tests.stripe_processor import StripeProcessor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stripe")]
QUESTION = "Your bank wants you to approve this payment"


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren", country="GB")
    owes(ada, "420.00", due="2026-02-01", number="R-1")
    return ada


@pytest.fixture
def buyer(ada: Customer) -> Buyer:
    return Buyer(ada)


@pytest.fixture
def bank(buyer: Buyer, stripe: StripeProcessor) -> str:
    """The address of the bank's page, where the customer has been led."""
    answer = buyer.pay_with_new(TO_APPROVE, keep_card="on")
    assert answer["Location"].startswith(f"{stripe.address}/approve/")
    return str(answer["Location"])


def own_page(buyer: Buyer) -> HttpResponse:
    return buyer.get(f"payments/{ChargeAttempt.objects.latest('pk').pk}/")


def outcome(customer: Customer) -> tuple[str, str, Decimal]:
    """State and remembered bank page of the payment, and what is still open."""
    attempt = ChargeAttempt.objects.latest("pk")
    return attempt.state, attempt.approval_address, customer.invoices.get().balance


def test_yes_at_the_bank_leads_to_the_receipt(buyer: Buyer, ada: Customer, bank: str) -> None:
    receipt = buyer.follow(visit(bank, go="yes"))
    assert "Thank you!" in words(receipt)
    assert "Visa •••• 3184" in words(receipt)
    assert outcome(ada) == ("succeeded", "", 0)


def test_no_at_the_bank_takes_nothing(buyer: Buyer, ada: Customer, bank: str) -> None:
    page = buyer.follow(visit(bank, go="no"))
    assert "The payment did not go through" in words(page)
    assert outcome(ada) == ("declined", "", 420)
    assert PaymentMethod.objects.count() == 0


def test_yes_and_then_no_money_is_told_like_any_refusal(buyer: Buyer, ada: Customer) -> None:
    bank = buyer.pay_with_new(TO_APPROVE_THEN_EMPTY)["Location"]
    assert "not enough money on this card" in words(buyer.follow(visit(bank, go="yes")))
    assert outcome(ada) == ("declined", "", 420)


def test_closed_tab_can_be_taken_up_again_from_our_page(buyer: Buyer, ada: Customer, bank: str) -> None:
    assert "A payment is waiting for your bank's approval." in words(buyer.get())
    page = own_page(buyer)
    assert QUESTION in words(page)
    assert f'href="{bank}"' in page.content.decode()
    buyer.post(f"payments/{ChargeAttempt.objects.get().pk}/", answer="yes")
    assert QUESTION in words(own_page(buyer))
    visit(bank, go="yes")
    buyer.post(f"payments/{ChargeAttempt.objects.get().pk}/", answer="yes")
    assert "Thank you!" in words(own_page(buyer))


def test_saying_no_on_our_page_ends_it_at_the_bank_too(buyer: Buyer, ada: Customer, bank: str) -> None:
    buyer.post(f"payments/{ChargeAttempt.objects.get().pk}/", answer="no")
    visit(bank, go="yes")
    assert "You did not approve this payment" in words(own_page(buyer))
    assert outcome(ada) == ("abandoned", "", 420)


def test_closed_tab_is_called_off_in_time(buyer: Buyer, ada: Customer, bank: str) -> None:
    reconcile(now=timezone.now() + PATIENCE + timedelta(minutes=1))
    visit(bank, go="yes")
    assert "did not come in time" in words(own_page(buyer))
    assert outcome(ada) == ("abandoned", "", 420)


def test_coming_back_twice_and_late_is_one_payment(buyer: Buyer, ada: Customer, bank: str) -> None:
    back = visit(bank, go="yes")
    assert visit(bank, go="no") == back
    for _ in range(3):
        assert "Thank you!" in words(buyer.follow(back))
    assert outcome(ada) == ("succeeded", "", 0)
    ChargeAttempt.objects.update(started_at=timezone.now() - timedelta(days=1, minutes=1))
    assert buyer.follow(back).status_code == 404


def test_webhook_that_is_faster_than_the_customer_changes_nothing(buyer: Buyer, ada: Customer, bank: str) -> None:
    back = visit(bank, go="yes")
    catch_up(now=timezone.now())
    apply_events(now=timezone.now())
    assert outcome(ada) == ("succeeded", "", 0)
    assert "Thank you!" in words(buyer.follow(back))


def test_looking_at_the_payment_changes_nothing_even_when_the_bank_has_answered(
    buyer: Buyer, ada: Customer, bank: str
) -> None:
    visit(bank, go="yes")
    for _ in range(2):
        assert QUESTION in words(own_page(buyer))
    assert outcome(ada) == ("requires_action", bank, 420)
    reconcile(now=timezone.now() + timedelta(minutes=3))
    assert outcome(ada) == ("succeeded", "", 0)


def test_another_payment_takes_the_place_of_one_that_waits(buyer: Buyer, ada: Customer, bank: str) -> None:
    assert "Thank you!" in words(buyer.pay_with_new(VISA, "part", amount="20"))
    visit(bank, go="yes")
    assert ada.invoices.get().balance == 400


def test_bank_page_that_our_forms_may_not_lead_to_is_linked(buyer: Buyer, settings: Settings) -> None:
    settings.PAYMENT_GATEWAYS["stripe"]["class"] = "tests.gateways.PagesElsewhere"
    leave = buyer.post("pay/EUR/", key=buyer.key("pay/EUR/"), how_much="all", card="new")
    [address] = [part.split('"')[0] for part in leave.content.decode().split('href="')[1:] if "/pay/cs_" in part]
    answer = buyer.confirm(buyer.enter(address, TO_APPROVE))
    assert QUESTION in words(buyer.follow(answer["Location"]))


def unattended(customer: Customer, method: PaymentMethod, code: str = "authentication_required") -> ChargeAttempt:
    now = timezone.now()
    return ChargeAttempt.objects.create(
        customer=customer,
        method=method,
        gateway="stripe",
        amount=Decimal(300),
        currency="EUR",
        idempotency_key="by-the-engine",
        state=ChargeAttempt.State.DECLINED,
        decline_code=code,
        is_attended=False,
        started_at=now,
        finished_at=now,
        look_at=now,
    )


def test_charge_that_needs_the_absent_customer_is_asked_for_when_they_come(buyer: Buyer, ada: Customer) -> None:
    page = buyer.enter(buyer.post("card/", do="enter")["Location"], TO_APPROVE)
    buyer.confirm(page, do="keep", may_charge="on")
    unattended(ada, PaymentMethod.objects.get())
    page = buyer.get()
    assert f"{QUESTION} We tried to charge €300.00 to Visa •••• 3184." in words(page)
    [form] = [part for part in page.content.decode().split("<form ")[1:] if "Approve €300.00 at your bank" in part]
    hidden = dict(part.split('" value="') for part in form.split('name="')[1:] if '" value="' in part)
    answer = buyer.post("pay/EUR/", **{name: value.split('"')[0] for name, value in hidden.items()})
    assert "Thank you!" in words(buyer.follow(visit(answer["Location"], go="yes")))
    assert ada.invoices.get().balance == 120
    assert QUESTION not in words(buyer.get())


def test_other_refusals_of_the_engine_are_told_with_card_and_day_and_without_a_cause(
    buyer: Buyer, ada: Customer
) -> None:
    page = buyer.enter(buyer.post("card/", do="enter")["Location"], VISA)
    buyer.confirm(page, do="keep", may_charge="on")
    unattended(ada, PaymentMethod.objects.get(), "generic_decline")
    plain, today = words(buyer.get()).replace("\N{NO-BREAK SPACE}", " "), timezone.localdate()
    assert f"On {today.day} {today:%B %Y} your bank did not approve a payment of €300.00 with Visa •••• 4242." in plain
    ChargeAttempt.objects.update(decline_code="stolen_card")
    assert words(buyer.get()).replace("\N{NO-BREAK SPACE}", " ") == plain
