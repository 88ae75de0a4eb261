"""The Stripe gateway against the card processor: the contract, each layer of a refusal, what networks do."""

import threading
import time
from datetime import date
from decimal import Decimal

import pytest
import stripe

from payments.gateways.base import Card, ChargeState, Gateway, GatewayRefusal
from payments.gateways.stripe import StripeGateway
from payments.rules.declines import Decline
from payments.rules.methods import MethodKind
from tests.contracts.gateway_contract import GatewayContract
from tests.processes import free_port
from tests.stripe_processor import SECRET, SECRET_KEY, StripeProcessor, request

LAYERS = {
    "visa_chargeDeclined": Decline("generic_decline", "try_again_later", "05"),
    "visa_chargeDeclinedInsufficientFunds": Decline("insufficient_funds", "try_again_later", "51"),
    "visa_chargeDeclinedLostCard": Decline("lost_card", "do_not_try_again", "41"),
    "visa_chargeDeclinedStolenCard": Decline("stolen_card", "do_not_try_again", "43"),
    "chargeDeclinedExpiredCard": Decline("expired_card", "confirm_card_data", "54", "01"),
    "chargeDeclinedIncorrectCvc": Decline("incorrect_cvc", "confirm_card_data", "N7"),
    "chargeDeclinedProcessingError": Decline("processing_error", "try_again_later"),
    "chargeCustomerFail": Decline("do_not_honor", "try_again_later", "05"),
}


@pytest.fixture
def gateway(processor: StripeProcessor) -> StripeGateway:
    return processor.gateway()


class TestStripeGateway(GatewayContract):
    good_card = "pm_card_visa"
    declined_card = "pm_card_visa_chargeDeclined"
    card_to_approve = "pm_card_authenticationRequired"

    @pytest.fixture(autouse=True)
    def _processor(self, processor: StripeProcessor) -> None:
        self.processor = processor

    @pytest.fixture
    def gateway(self, processor: StripeProcessor) -> Gateway:
        return processor.gateway()

    def captured(self, gateway: Gateway) -> list[tuple[str, Decimal]]:
        rows = [row for row in self.processor.books()["taken"] if row["status"] == "succeeded"]
        return [(row["key"], Decimal(row["amount"]) / 100) for row in rows]

    def approve(self, gateway: Gateway, key: str) -> None:
        found = gateway.look_up(key)
        assert found
        self.processor.control("approve", intent=found.reference)


@pytest.mark.parametrize(("card", "decline"), LAYERS.items(), ids=LAYERS)
def test_each_decline_keeps_all_its_layers(gateway: StripeGateway, card: str, decline: Decline) -> None:
    result = gateway.charge(request(f"pm_card_{card}", attended=False))
    assert (result.state, result.decline) == (ChargeState.DECLINED, decline)
    assert gateway.look_up("key-1") == result


def test_bank_that_wants_the_absent_customer_declines(gateway: StripeGateway, processor: StripeProcessor) -> None:
    result = gateway.charge(request("pm_card_authenticationRequired", attended=False))
    assert (result.state, result.decline.code) == (ChargeState.DECLINED, "authentication_required")
    assert processor.taken() == []


def test_customer_who_refuses_at_the_bank_has_paid_nothing(gateway: StripeGateway, processor: StripeProcessor) -> None:
    waiting = gateway.charge(request("pm_card_authenticationRequired"))
    processor.control("approve", intent=waiting.reference, yes=False)
    result = gateway.confirm("key-1")
    assert (result.state, result.decline.code) == (ChargeState.DECLINED, "payment_intent_authentication_failure")


def test_card_is_told_without_its_number(gateway: StripeGateway) -> None:
    card = gateway.charge(request("pm_card_mastercard")).card
    assert card
    assert card == Card(card.token, "mastercard", "4444", date(2039, 8, 31), MethodKind.CARD, card.fingerprint, "DE")
    assert (card.token[:3], len(card.fingerprint)) == ("pm_", 16)


def test_kept_card_is_charged_together_with_its_customer(gateway: StripeGateway) -> None:
    owner = gateway.client.customers.create({"name": "Ada Lindgren"})
    setup = gateway.client.setup_intents.create(
        {"customer": owner.id, "payment_method": "pm_card_visa", "confirm": True}
    )
    kept = f"{owner.id}/{setup.payment_method}"
    result = gateway.charge(request(kept, attended=False))
    assert result.card
    assert (result.state, result.card.token) == (ChargeState.SUCCEEDED, kept)
    with pytest.raises(GatewayRefusal):
        gateway.charge(request(str(setup.payment_method), key="key-2"))


@pytest.mark.parametrize(
    ("card", "kind"), [("pm_sepa_debit", MethodKind.SEPA_DEBIT), ("pm_usBankAccount_success", MethodKind.ACH_DEBIT)]
)
def test_debit_is_pending_until_its_money_comes(
    gateway: StripeGateway, processor: StripeProcessor, card: str, kind: MethodKind
) -> None:
    pending = gateway.charge(request(card, attended=False))
    assert pending.card
    assert (pending.state, pending.card.kind, processor.taken()) == (ChargeState.PENDING, kind, [])
    with pytest.raises(GatewayRefusal):
        gateway.cancel("key-1")
    processor.control("settle", intent=pending.reference)
    found = gateway.look_up("key-1")
    assert found
    assert (found.state, processor.taken()) == (ChargeState.SUCCEEDED, [(pending.reference, Decimal("12.50"))])


def test_debit_that_fails_later_says_why(gateway: StripeGateway, processor: StripeProcessor) -> None:
    pending = gateway.charge(request("pm_sepa_debit", attended=False))
    processor.control("settle", intent=pending.reference, code="insufficient_funds")
    found = gateway.look_up("key-1")
    assert found
    assert (found.state, found.decline.code) == (ChargeState.DECLINED, "insufficient_funds")
    assert processor.taken() == []


def test_charge_whose_answer_was_lost_is_found(gateway: StripeGateway, processor: StripeProcessor) -> None:
    processor.control("lose_answer")
    with pytest.raises(stripe.APIConnectionError):
        gateway.charge(request())
    found = gateway.look_up("key-1")
    assert found
    assert [(found.state, found.reference)] == [(ChargeState.SUCCEEDED, intent) for intent, _ in processor.taken()]


def test_charge_is_found_while_the_search_lags(gateway: StripeGateway, processor: StripeProcessor) -> None:
    charged = gateway.charge(request())
    for place in range(101):  # more than one page of younger ones
        gateway.client.payment_intents.create({"amount": 100 + place, "currency": "eur"})
    processor.control("search_blind")
    assert gateway.look_up("key-1") == charged
    assert gateway.look_up("never-seen") is None


def test_cancelling_that_was_cut_short_is_finished_by_the_next_look(gateway: StripeGateway) -> None:
    gateway._use_up("key-1")
    found = gateway.look_up("key-1")
    assert found
    assert found.state is ChargeState.CANCELLED
    assert gateway.charge(request()).state is ChargeState.CANCELLED


def test_cancelling_waits_for_a_charge_that_is_at_work(gateway: StripeGateway, processor: StripeProcessor) -> None:
    processor.control("delay", path="/v1/payment_intents", seconds=1)
    caller = threading.Thread(target=lambda: processor.gateway().charge(request()))
    caller.start()
    while not processor.posts():
        time.sleep(0.02)
    with pytest.raises(stripe.APIError):  # nobody knows yet: no cancelling is promised
        gateway.cancel("key-1")
    caller.join()
    assert gateway.cancel("key-1").state is ChargeState.SUCCEEDED


@pytest.mark.parametrize(("fault", "permanent"), [("rate_limit", False)])
def test_request_that_stripe_did_not_begin_is_refused(
    gateway: StripeGateway, processor: StripeProcessor, fault: str, permanent: bool
) -> None:
    processor.control(fault)
    with pytest.raises(GatewayRefusal) as refused:
        gateway.charge(request())
    assert (refused.value.permanent, processor.taken(), gateway.look_up("key-1")) == (permanent, [], None)


def test_error_inside_stripe_leaves_doubt(gateway: StripeGateway, processor: StripeProcessor) -> None:
    processor.control("error_500")
    with pytest.raises(stripe.APIError):
        gateway.charge(request())
    assert [path for path, _ in processor.posts()] == ["/v1/payment_intents"]  # and nothing was repeated


def test_wrong_secret_key_is_refused_for_now(processor: StripeProcessor) -> None:
    stranger = StripeGateway("sk_live_elsewhere", [SECRET], base_address=processor.address)
    with pytest.raises(GatewayRefusal) as refused:
        stranger.charge(request())
    assert (refused.value.permanent, "sk_live" in str(refused.value)) == (False, False)


def test_no_connection_is_a_refusal_and_no_doubt() -> None:
    nobody = StripeGateway(SECRET_KEY, [SECRET], base_address=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(GatewayRefusal) as refused:
        nobody.charge(request())
    assert not refused.value.permanent
    with pytest.raises(stripe.APIConnectionError):
        nobody.look_up("key-1")


def test_every_request_names_the_version_it_was_written_for(gateway: StripeGateway, processor: StripeProcessor) -> None:
    gateway.charge(request())
    gateway.look_up("key-1")
    assert {row["version"] for row in processor.books()["requests"]} == {"2026-10-28.endive"}


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("12.50", "EUR", 1250), ("1250", "JPY", 1250), ("5.120", "KWD", 5120), ("5", "ISK", 500), ("5", "MGA", 5)],
)
def test_amount_is_sent_in_stripes_units(
    gateway: StripeGateway, processor: StripeProcessor, amount: str, currency: str, units: int
) -> None:
    gateway.charge(request(amount=amount, currency=currency))
    assert [(row["amount"], row["currency"]) for row in processor.books()["taken"]] == [(units, currency.lower())]


@pytest.mark.parametrize(("amount", "currency"), [("5.124", "KWD"), ("5.50", "MGA"), ("1", "LYD"), ("0", "EUR")])
def test_amount_that_stripe_cannot_take_is_refused_before_it_is_sent(
    gateway: StripeGateway, processor: StripeProcessor, amount: str, currency: str
) -> None:
    with pytest.raises(GatewayRefusal) as refused:
        gateway.charge(request(amount=amount, currency=currency))
    assert (refused.value.permanent, processor.posts()) == (True, [])
