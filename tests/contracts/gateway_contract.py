"""What every gateway must keep. Subclass, make `gateway`, name cards with the four behaviours that it can show."""

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from payments.gateways.base import ChargeRequest, ChargeResult, ChargeState, Gateway, GatewayRefusal, WebhookRefusal


class GatewayContract:
    good_card: str
    declined_card: str
    card_to_approve: str

    @pytest.fixture
    def gateway(self) -> Gateway:
        raise NotImplementedError

    def request(
        self, key: str = "key-1", amount: str = "12.50", currency: str = "EUR", card: str = ""
    ) -> ChargeRequest:
        return ChargeRequest(key, Decimal(amount), currency, card or self.good_card, "C-1")

    def captured(self, gateway: Gateway) -> list[tuple[str, Decimal]]:
        """(key, amount) of all the money taken, from the gateway's own books."""
        raise NotImplementedError

    def approve(self, gateway: Gateway, key: str) -> None:
        """The customer says yes to their bank. Nothing to do where the gateway plays the bank too."""

    def test_charge_takes_the_money_and_names_it(self, gateway: Gateway) -> None:
        result = gateway.charge(self.request())
        assert result.state is ChargeState.SUCCEEDED
        assert result.reference
        assert self.captured(gateway) == [("key-1", Decimal("12.50"))]

    def test_same_key_again_gives_the_first_answer_and_takes_nothing(self, gateway: Gateway) -> None:
        first = gateway.charge(self.request())
        assert [gateway.charge(self.request(amount=amount)) for amount in ("12.50", "12.5000")] == [first, first]
        assert len(self.captured(gateway)) == 1

    def test_key_with_another_amount_currency_or_card_is_refused(self, gateway: Gateway) -> None:
        gateway.charge(self.request())
        for other in (
            self.request(amount="12.51"),
            self.request(currency="USD"),
            self.request(card=self.declined_card),
        ):
            with pytest.raises(GatewayRefusal) as refused:
                gateway.charge(other)
            assert refused.value.permanent
        assert self.captured(gateway) == [("key-1", Decimal("12.50"))]

    def test_decline_has_a_code_and_takes_nothing(self, gateway: Gateway) -> None:
        result = gateway.charge(self.request(card=self.declined_card))
        assert (result.state, bool(result.decline.code)) == (ChargeState.DECLINED, True)
        assert self.captured(gateway) == []

    def test_unknown_card_is_refused_for_good(self, gateway: Gateway) -> None:
        with pytest.raises(GatewayRefusal) as refused:
            gateway.charge(self.request(card="no-such-card"))
        assert refused.value.permanent
        assert gateway.look_up("key-1") is None

    def test_look_up_says_what_charge_said(self, gateway: Gateway) -> None:
        for place, card in enumerate((self.good_card, self.declined_card, self.card_to_approve)):
            said = gateway.charge(self.request(f"key-{place}", card=card))
            assert gateway.look_up(f"key-{place}") == said

    def test_look_up_of_a_stranger_is_none(self, gateway: Gateway) -> None:
        assert gateway.look_up("never-seen") is None

    def test_charge_that_asks_for_approval_takes_nothing_before_it_and_once_after(self, gateway: Gateway) -> None:
        assert gateway.charge(self.request(card=self.card_to_approve)).state is ChargeState.REQUIRES_ACTION
        assert self.captured(gateway) == []
        self.approve(gateway, "key-1")
        results = [gateway.confirm("key-1") for _ in range(2)]
        assert [result.state for result in results] == [ChargeState.SUCCEEDED] * 2
        assert len(self.captured(gateway)) == 1

    def test_confirming_a_stranger_is_refused(self, gateway: Gateway) -> None:
        with pytest.raises(GatewayRefusal):
            gateway.confirm("never-seen")

    def test_confirming_a_decline_leaves_it_declined(self, gateway: Gateway) -> None:
        gateway.charge(self.request(card=self.declined_card))
        assert gateway.confirm("key-1").state is ChargeState.DECLINED

    def test_cancelled_charge_cannot_be_confirmed_any_more(self, gateway: Gateway) -> None:
        gateway.charge(self.request(card=self.card_to_approve))
        assert gateway.cancel("key-1").state is ChargeState.CANCELLED
        assert gateway.confirm("key-1").state is ChargeState.CANCELLED
        assert self.captured(gateway) == []

    def test_cancelling_after_success_says_success(self, gateway: Gateway) -> None:
        done = gateway.charge(self.request())
        assert gateway.cancel("key-1") == done

    def test_charge_that_arrives_after_its_cancelling_takes_nothing(self, gateway: Gateway) -> None:
        assert gateway.cancel("key-1").state is ChargeState.CANCELLED
        assert gateway.charge(self.request()).state is ChargeState.CANCELLED
        assert self.captured(gateway) == []

    def test_ten_callers_with_one_key_take_the_money_once(self, gateway: Gateway) -> None:
        results: list[ChargeResult] = []
        callers = [threading.Thread(target=lambda: results.append(gateway.charge(self.request()))) for _ in range(10)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        assert len(results) == 10
        assert len(set(results)) == 1
        assert len(self.captured(gateway)) == 1

    def test_a_delivery_that_is_not_the_gateways_is_refused(self, gateway: Gateway) -> None:
        for body in (b"", b"{}", b"null", b'{"id": "evt_1"}', b"\xff" * 100):
            with pytest.raises(WebhookRefusal):
                gateway.read_webhook(body, {}, now=datetime(2026, 3, 2, tzinfo=UTC))
