import time
from decimal import Decimal
from pathlib import Path

import pytest

from payments.gateways import gateway as gateway_named
from payments.gateways.base import ChargeState, Gateway, GatewayRefusal
from payments.gateways.sandbox import SandboxGateway
from tests.contracts.gateway_contract import GatewayContract


class TestSandboxGateway(GatewayContract):
    good_card = "test_4242"
    declined_card = "test_0002"
    card_to_approve = "test_3155"

    @pytest.fixture
    def gateway(self, tmp_path: Path) -> Gateway:
        return SandboxGateway(tmp_path / "journal.sqlite3")

    def captured(self, gateway: Gateway) -> list[tuple[str, Decimal]]:
        assert isinstance(gateway, SandboxGateway)
        return [
            (line.key, Decimal(line.amount)) for line in gateway.lines() if line.amount and line.state == "succeeded"
        ]

    def test_cards_on_offer_show_every_behaviour_and_no_card_number(self, gateway: Gateway) -> None:
        cards = [offer.card for offer in gateway.cards_on_offer()]
        assert [card.last4 for card in cards] == ["4242", "0002", "9995", "3155", "3000", "0119", "5000"]
        assert all(not any(len(part) > 4 for part in card.token.split("_") if part.isdigit()) for card in cards)

    def test_money_on_its_way_arrives_later_and_cannot_be_called_back(self, gateway: Gateway) -> None:
        assert gateway.charge(self.request(card="test_3000")).state is ChargeState.PENDING
        with pytest.raises(GatewayRefusal):
            gateway.cancel("key-1")
        found = gateway.look_up("key-1")
        assert found
        assert found.state is ChargeState.SUCCEEDED
        assert self.captured(gateway) == [("key-1", Decimal("12.50"))]

    def test_a_lost_answer_leaves_a_charge_that_is_found_by_its_key(self, gateway: Gateway) -> None:
        with pytest.raises(TimeoutError):
            gateway.charge(self.request(card="test_5000"))
        assert gateway.find("key-1").state is ChargeState.SUCCEEDED

    def test_a_slow_answer_takes_its_time(self, gateway: Gateway) -> None:
        before = time.monotonic()
        gateway.charge(self.request(card="test_0119"))
        assert time.monotonic() - before >= 2

    def test_books_outlive_the_process(self, gateway: Gateway) -> None:
        assert isinstance(gateway, SandboxGateway)
        done = gateway.charge(self.request())
        assert SandboxGateway(gateway.journal).look_up("key-1") == done


def test_gateway_is_found_by_its_name_in_settings() -> None:
    assert isinstance(gateway_named("sandbox"), SandboxGateway)
    with pytest.raises(KeyError):
        gateway_named("elsewhere")
