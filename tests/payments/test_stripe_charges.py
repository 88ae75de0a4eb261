"""Our operations with Stripe: whatever the network or the processor does, its books and ours say the same."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from customers.models import Customer
from payments.models import ChargeAttempt, GatewayEvent, Payment, PaymentMethod, Refund
from payments.operations.charges import cancel, charge, confirm
from payments.operations.inbox import apply_events, catch_up
from payments.operations.reconcile import Reconciliation, reconcile
from payments.rules.charging import EndedBy
from tests.people import owes, person
from tests.stripe_processor import StripeProcessor, running

State = ChargeAttempt.State
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", params=[(), ("--ignore-keys",)], ids=["honours keys", "ignores keys"])
def process(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeProcessor]:
    with running(tmp_path_factory.mktemp("stripe") / "books.sqlite3", *request.param) as processor:
        yield processor


@pytest.fixture(autouse=True)
def processor(process: StripeProcessor, settings: Settings) -> Iterator[StripeProcessor]:
    """Charges go through it; at the end its books equal ours, and it was asked before a key came again."""
    process.control("reset")
    options = process.options()
    settings.PAYMENT_GATEWAYS = {"stripe": {"class": "payments.gateways.stripe.StripeGateway", "options": options}}
    settings.PAYMENT_GATEWAY = "stripe"
    yield process
    ours = Payment.objects.filter(provider="stripe").order_by("pk").values_list("reference", "amount")
    assert list(ours) == process.taken()
    assert _sent_again_unasked(process) == []


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren")
    owes(ada, "100.00")
    return ada


def _sent_again_unasked(processor: StripeProcessor) -> list[str]:
    """Keys that came a second time before Stripe was asked what had become of them."""
    fresh: set[str] = set()
    unasked = []
    for request in processor.books()["requests"]:
        if request["method"] == "GET":
            fresh.clear()
        elif request["path"] == "/v1/payment_intents":
            unasked += [request["key"]] if request["key"] in fresh else []
            fresh.add(request["key"])
    return unasked


def pay(customer: Customer, now: datetime, card: str = "pm_card_visa", key: str = "key-1") -> ChargeAttempt:
    return charge(customer, amount=Decimal(100), currency="EUR", card=card, key=key, now=now, keep_card=True)


def later(attempt: ChargeAttempt, now: datetime) -> ChargeAttempt:
    """The attempt after the next look."""
    reconcile(now=now + timedelta(minutes=2))
    attempt.refresh_from_db()
    return attempt


def test_paid_invoice_and_kept_card(ada: Customer, now: datetime) -> None:
    attempt = pay(ada, now)
    assert (attempt.state, attempt.card_brand, ada.invoices.get().balance) == (State.SUCCEEDED, "visa", 0)
    assert PaymentMethod.objects.get().last4 == "4242"
    assert pay(ada, now).pk == attempt.pk


def test_decline_is_recorded_with_its_layers(ada: Customer, now: datetime) -> None:
    attempt = pay(ada, now, "pm_card_visa_chargeDeclinedLostCard")
    told = (attempt.decline_code, attempt.advice_code, attempt.network_code, attempt.network_advice)
    assert (attempt.state, *told) == (State.DECLINED, "lost_card", "do_not_try_again", "41", "")
    assert pay(ada, now, key="key-2").state == State.SUCCEEDED


def test_lost_answer_is_found_and_recorded_once(ada: Customer, now: datetime, processor: StripeProcessor) -> None:
    processor.control("lose_answer")
    attempt = pay(ada, now)
    assert attempt.state == State.IN_DOUBT
    assert later(attempt, now).state == State.SUCCEEDED
    assert reconcile(now=now + timedelta(hours=2)) == Reconciliation()


def test_lost_answer_is_found_while_the_search_lags(ada: Customer, now: datetime, processor: StripeProcessor) -> None:
    processor.control("search_blind")
    processor.control("lose_answer")
    assert later(pay(ada, now), now).state == State.SUCCEEDED


def test_lost_decline_is_found_as_a_decline(ada: Customer, now: datetime, processor: StripeProcessor) -> None:
    processor.control("lose_answer")
    attempt = later(pay(ada, now, "pm_card_visa_chargeDeclinedInsufficientFunds"), now)
    assert (attempt.state, attempt.decline_code) == (State.DECLINED, "insufficient_funds")


def test_debit_is_recorded_when_its_money_comes(ada: Customer, now: datetime, processor: StripeProcessor) -> None:
    attempt = pay(ada, now, "pm_sepa_debit")
    assert (attempt.state, Payment.objects.count()) == (State.PENDING, 0)
    processor.control("settle", intent=attempt.gateway_reference)
    assert later(attempt, now).state == State.SUCCEEDED
    assert ada.invoices.get().balance == 0


def test_debit_that_comes_back_is_a_decline(ada: Customer, now: datetime, processor: StripeProcessor) -> None:
    attempt = pay(ada, now, "pm_sepa_debit")
    processor.control("settle", intent=attempt.gateway_reference, code="insufficient_funds")
    attempt = later(attempt, now)
    assert (attempt.state, attempt.decline_code) == (State.DECLINED, "insufficient_funds")
    assert ada.invoices.get().balance == 100


def test_customer_who_approves_at_the_bank_has_paid(ada: Customer, now: datetime, processor: StripeProcessor) -> None:
    attempt = pay(ada, now, "pm_card_authenticationRequired")
    assert confirm(attempt, now=now).state == State.REQUIRES_ACTION
    processor.control("approve", intent=attempt.gateway_reference)
    assert confirm(attempt, now=now).state == State.SUCCEEDED


def test_customer_who_leaves_the_bank_has_not(ada: Customer, now: datetime, processor: StripeProcessor) -> None:
    attempt = cancel(pay(ada, now, "pm_card_authenticationRequired"), why=EndedBy.CUSTOMER, now=now)
    assert (attempt.state, attempt.decline_code) == (State.ABANDONED, EndedBy.CUSTOMER)
    assert processor.taken() == []


def test_charge_that_never_arrived_is_abandoned(ada: Customer, now: datetime, processor: StripeProcessor) -> None:
    ChargeAttempt.objects.create(
        customer=ada,
        gateway="stripe",
        amount=100,
        currency="EUR",
        idempotency_key="key-1",
        started_at=now,
        look_at=now,
    )
    assert reconcile(now=now) == Reconciliation(ended=1)
    assert ChargeAttempt.objects.get().decline_code == EndedBy.NEVER_ARRIVED


def test_nothing_heard_is_read_in_the_list_of_events(ada: Customer, now: datetime, processor: StripeProcessor) -> None:
    """The debit's money came and was charged back while no webhook reached us."""
    attempt = pay(ada, now, "pm_sepa_debit")
    processor.control("settle", intent=attempt.gateway_reference)
    processor.control("dispute", charge=processor.books()["taken"][0]["charge"])
    assert catch_up(now=now) == 4  # the intent, its charge on its way and settled, the dispute
    assert catch_up(now=now + timedelta(hours=1)) == 0
    assert apply_events(now=now) == {GatewayEvent.State.APPLIED: 4}
    attempt.refresh_from_db()
    assert (attempt.state, Refund.objects.get().kind) == (State.SUCCEEDED, Refund.Kind.RETURNED)
    assert ada.invoices.get().balance == 100


@pytest.mark.parametrize("fault", ["rate_limit", "error_500"])
def test_trouble_at_stripe_takes_nothing(ada: Customer, now: datetime, processor: StripeProcessor, fault: str) -> None:
    processor.control(fault)
    attempt = pay(ada, now)
    assert attempt.state == (State.IN_DOUBT if fault == "error_500" else State.ABANDONED)
    assert later(attempt, now).decline_code == (EndedBy.NEVER_ARRIVED if fault == "error_500" else EndedBy.GATEWAY)
    assert pay(ada, now, key="key-2").state == State.SUCCEEDED
