"""Beyond charging: a card entered on the processor's own page, money that goes back, the list of events."""

import json
import urllib.parse
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from payments.gateways.base import BackKind, ChargeState, GatewayRefusal, HostedPage
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.stripe import StripeGateway
from payments.gateways.stripe_events import OF_CHARGES
from payments.processor.events import signature
from tests.stripe_processor import SECRET, StripeProcessor, request


@pytest.fixture
def gateway(processor: StripeProcessor) -> StripeGateway:
    return processor.gateway()


@pytest.fixture
def page(gateway: StripeGateway, processor: StripeProcessor) -> HostedPage:
    return gateway.set_up_page("C-1", "EUR", f"{processor.address}/done")


def enter(page: HostedPage, method: str, go: str = "yes") -> str:
    """What a person sees after choosing a method on the page."""
    form = urllib.parse.urlencode({"method": method, "go": go}).encode()
    with urllib.request.urlopen(page.address, form, timeout=10) as answer:
        return str(answer.read().decode())


def test_card_entered_on_the_page_is_kept_and_can_be_charged_without_the_customer(
    gateway: StripeGateway, page: HostedPage
) -> None:
    assert gateway.card_set_up(page.reference, "C-1") is None
    assert "Done" in enter(page, "pm_card_mastercard")
    card = gateway.card_set_up(page.reference, "C-1")
    assert card
    assert (card.last4, card.token[:4]) == ("4444", "cus_")
    assert gateway.charge(request(card.token, attended=False)).state is ChargeState.SUCCEEDED


def test_card_that_the_bank_declines_is_not_kept(gateway: StripeGateway, page: HostedPage) -> None:
    assert "declined" in enter(page, "pm_card_visa_chargeDeclined")
    assert gateway.card_set_up(page.reference, "C-1") is None


def test_customer_who_goes_back_has_kept_nothing(gateway: StripeGateway, page: HostedPage) -> None:
    assert "Done" in enter(page, "pm_card_visa", "no")
    assert gateway.card_set_up(page.reference, "C-1") is None


def test_page_of_another_customer_tells_nothing(gateway: StripeGateway, page: HostedPage) -> None:
    enter(page, "pm_card_visa")
    for reference, customer in ((page.reference, "C-2"), ("cs_test_unknown", "C-1")):
        with pytest.raises(GatewayRefusal):
            gateway.card_set_up(reference, customer)


def test_forgotten_card_is_charged_no_more_and_forgotten_once(
    gateway: StripeGateway, processor: StripeProcessor, page: HostedPage
) -> None:
    enter(page, "pm_card_visa")
    card = gateway.card_set_up(page.reference, "C-1")
    assert card
    for token in (card.token, card.token, "cus_unknown/pm_unknown"):
        gateway.forget(token)
    assert sum(path.endswith("/detach") for path, _ in processor.posts()) == 1
    with pytest.raises(GatewayRefusal):
        gateway.charge(request(card.token))


def test_bank_asks_on_its_own_page_when_there_is_a_way_back(gateway: StripeGateway, processor: StripeProcessor) -> None:
    asked = replace(request("pm_card_authenticationRequired"), return_address="https://desk.test/back/")
    waiting = gateway.charge(asked)
    assert waiting.approval_address == f"{processor.address}/approve/{waiting.reference}"
    assert gateway.look_up("key-1") == waiting
    processor.control("approve", intent=waiting.reference)
    settled = gateway.confirm("key-1")
    assert (settled.state, settled.approval_address) == (ChargeState.SUCCEEDED, "")
    assert gateway.charge(request("pm_card_authenticationRequired", key="key-2")).approval_address == ""


def test_three_decimals_are_taken_in_tens(gateway: StripeGateway) -> None:
    assert gateway.most_of(Decimal("868.167"), "KWD") == Decimal("868.16")
    assert gateway.most_of(Decimal("868.16"), "EUR") == Decimal("868.16")


def test_customer_is_made_at_stripe_once(gateway: StripeGateway, processor: StripeProcessor) -> None:
    pages = [gateway.set_up_page("C-1", "EUR", "https://desk.test/") for _ in range(2)]
    assert pages[0].reference != pages[1].reference
    assert [path for path, _ in processor.posts()].count("/v1/customers") == 1


def test_money_is_given_back_once_for_each_key(gateway: StripeGateway) -> None:
    gateway.charge(request())
    first = gateway.refund("key-1", Decimal("2.50"), refund_key="back-1")
    assert gateway.refund("key-1", Decimal("2.50"), refund_key="back-1") == first
    assert gateway.refund("key-1", Decimal("10.00"), refund_key="back-2") != first
    for amount, refund_key in (("0.01", "back-3"), ("1.00", "back-1")):
        with pytest.raises(GatewayRefusal):
            gateway.refund("key-1", Decimal(amount), refund_key=refund_key)
    assert [refund.amount for refund in gateway.client.refunds.list()] == [1000, 250]


def test_money_that_was_never_taken_is_not_given_back(gateway: StripeGateway) -> None:
    gateway.charge(request("pm_card_visa_chargeDeclined"))
    for key in ("key-1", "never-seen"):
        with pytest.raises(GatewayRefusal):
            gateway.refund(key, Decimal("12.50"), refund_key="back-1")


def test_what_went_back_is_told_with_its_kind(gateway: StripeGateway, processor: StripeProcessor) -> None:
    charged = gateway.charge(request())
    refund = gateway.refund("key-1", Decimal("2.50"), refund_key="back-1")
    assert [(back.id, back.kind, back.amount) for back in gateway.went_back(charged.reference)] == [
        (refund, BackKind.REFUND, Decimal("2.50"))
    ]


@pytest.mark.parametrize(
    ("card", "kind"), [("pm_card_createDispute", BackKind.CHARGEBACK), ("pm_sepa_debit", BackKind.RETURNED)]
)
def test_dispute_of_a_debit_is_its_return(
    gateway: StripeGateway, processor: StripeProcessor, card: str, kind: BackKind
) -> None:
    charged = gateway.charge(request(card))
    if charged.state is ChargeState.PENDING:
        processor.control("settle", intent=charged.reference)
    charge = processor.books()["taken"][-1]["charge"]
    dispute = processor.control("dispute", charge=charge, reason="fraudulent")
    (back,) = gateway.went_back(charged.reference)
    assert (back.id, back.kind, back.amount, back.reason) == (dispute["id"], kind, Decimal("12.50"), "fraudulent")


def test_won_dispute_and_failed_refund_are_told_as_come_back(
    gateway: StripeGateway, processor: StripeProcessor
) -> None:
    charged = gateway.charge(request())
    refund = gateway.refund("key-1", Decimal("2.50"), refund_key="back-1")
    dispute = processor.control("dispute", charge=processor.books()["taken"][-1]["charge"])
    assert [back.came_back for back in gateway.went_back(charged.reference)] == [False, False]
    processor.control("fail_refund", refund=refund)
    processor.control("close_dispute", dispute=dispute["id"], status="lost")
    assert [back.came_back for back in gateway.went_back(charged.reference)] == [True, False]
    processor.control("close_dispute", dispute=dispute["id"], status="won")
    assert [back.came_back for back in gateway.went_back(charged.reference)] == [True, True]
    told = list(gateway.events_since(datetime.now(UTC) - timedelta(minutes=5)))
    intent = processor.books()["taken"][-1]["intent"]
    assert {(event.kind, event.about) for event in told if not event.key} >= {
        ("refund.failed", f"payment/{intent}"),
        ("charge.dispute.closed", f"payment/{intent}"),
    }


def test_events_are_listed_with_our_key(gateway: StripeGateway, processor: StripeProcessor) -> None:
    gateway.charge(request())
    gateway.charge(request("pm_card_visa_chargeDeclined", key="key-2"))
    processor.control("dispute", charge=processor.books()["taken"][0]["charge"])
    told = list(gateway.events_since(datetime.now(UTC) - timedelta(minutes=5)))
    named = [(event.kind, event.key or gateway.key_of(event.about.partition("/")[2])) for event in told]
    assert [(kind, key) for kind, key in named if kind in OF_CHARGES] == [
        ("charge.dispute.created", "key-1"),
        ("payment_intent.payment_failed", "key-2"),
        ("payment_intent.succeeded", "key-1"),
    ]
    assert list(gateway.events_since(datetime.now(UTC) + timedelta(minutes=5))) == []
    early = datetime.now(UTC) - timedelta(hours=1)
    assert list(gateway.events_since(early, early + timedelta(minutes=5))) == []


def test_delivery_about_a_dispute_finds_our_key(gateway: StripeGateway, processor: StripeProcessor) -> None:
    gateway.charge(request())
    processor.control("dispute", charge=processor.books()["taken"][0]["charge"])
    event = gateway.client.events.list({"limit": 1}).data[0].to_dict(for_json=True)
    body, now = json.dumps(event).encode(), datetime.now(UTC)
    headers = {"stripe-signature": signature(SECRET, body, int(now.timestamp()))}
    event = gateway.read_webhook(body, headers, now=now)
    assert (event.key, gateway.key_of(event.about.removeprefix("payment/"))) == ("", "key-1")
    assert gateway.key_of("pi_nowhere") == ""


def test_gateway_without_these_says_so(gateway: StripeGateway) -> None:
    sandbox = SandboxGateway("/nowhere")
    with pytest.raises(GatewayRefusal):
        sandbox.refund("key-1", Decimal(1), refund_key="back-1")
    with pytest.raises(GatewayRefusal):
        sandbox.set_up_page("C-1", "EUR", "https://desk.test/")
    with pytest.raises(GatewayRefusal):
        sandbox.card_set_up("page", "C-1")
