"""Beyond charging: a card entered on the processor's own page, and money given back."""

import urllib.parse
import urllib.request
from decimal import Decimal

import pytest

from payments.gateways.base import ChargeState, GatewayRefusal, HostedPage
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.stripe import StripeGateway
from tests.stripe_processor import StripeProcessor, request


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


def test_gateway_without_these_says_so(gateway: StripeGateway) -> None:
    sandbox = SandboxGateway("/nowhere")
    with pytest.raises(GatewayRefusal):
        sandbox.refund("key-1", Decimal(1), refund_key="back-1")
    with pytest.raises(GatewayRefusal):
        sandbox.set_up_page("C-1", "EUR", "https://desk.test/")
    with pytest.raises(GatewayRefusal):
        sandbox.card_set_up("page", "C-1")
