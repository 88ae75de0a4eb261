"""Text messages through Twilio's library keep the contract of every channel; each row of what an error means."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from dunning.channels.base import Channel, Receipt, Refused
from dunning.channels.sms import TwilioChannel
from tests.contracts.channel_contract import ChannelContract, Delivered, message
from tests.contracts.mail_servers import free_port
from tests.twilio_server import ACCOUNT, SENDER, TOKEN, LoopbackClient, TwilioServer

NUMBER = "+4915123456789"


class TestTwilio(ChannelContract):
    """A text message has no subject, no name and one part."""

    reader = NUMBER
    shows = ("text",)

    @pytest.fixture(autouse=True)
    def server(self) -> Iterator[TwilioServer]:
        with TwilioServer().running() as server:
            self.server_ = server
            self.channel: Channel = TwilioChannel(**server.options())
            yield server

    def delivered(self) -> list[Delivered]:
        return [
            Delivered(row["To"], "", "", row["Body"], "", parse_qs(urlsplit(row["StatusCallback"]).query)["key"][0])
            for row in self.server_.taken
        ]

    def test_the_receipt_names_the_message_as_twilio_does(self, server: TwilioServer) -> None:
        with self.channel as channel:
            receipt = channel.send(message(to=NUMBER))
        client = Client(ACCOUNT, TOKEN, http_client=LoopbackClient(server.address))
        assert receipt == Receipt(server.taken[0]["Sid"])
        assert client.messages(receipt.reference).fetch().body == message().text
        client.http_client.session.close()
        assert server.taken[0]["From"] == SENDER
        assert server.taken[0]["ValidityPeriod"] == "10800"

    def test_a_messaging_service_is_named_as_such(self, server: TwilioServer) -> None:
        service = "MG" + "1" * 32
        with TwilioChannel(**{**server.options(), "sender": service, "reports_to": ""}) as channel:
            channel.send(message(to=NUMBER))
        assert server.taken[0]["MessagingServiceSid"] == service
        assert not {"From", "StatusCallback"} & set(server.taken[0])

    @pytest.mark.parametrize(
        "address", ["", "ada@example.org", "0151 23456789", "+49", "+49151\n2345678", "+0151234567"]
    )
    def test_what_is_no_number_is_refused_for_good(self, address: str) -> None:
        with self.channel as channel, pytest.raises(Refused) as refusal:
            channel.send(message(to=address))
        assert refusal.value.permanent
        assert self.delivered() == []

    @pytest.mark.parametrize(
        ("code", "permanent"),
        [(21211, True), (21610, True), (21614, True), (21617, True), (21408, False), (21606, False)],
    )
    def test_a_refusal_says_whether_it_is_about_the_number_or_about_us(
        self, server: TwilioServer, code: int, permanent: bool
    ) -> None:
        server.refuses[NUMBER] = code
        with self.channel as channel:
            with pytest.raises(Refused, match=f"Twilio {code}: .*Problem {code}") as refusal:
                channel.send(message(to=NUMBER))
            assert refusal.value.permanent is permanent
            channel.send(message("notice-2", to="+447400123456"))
        assert [arrived.key for arrived in self.delivered()] == ["notice-2"]

    @pytest.mark.parametrize("status", [429, 400])
    def test_what_ends_when_we_wait_or_mend_something_is_a_refusal_for_now(
        self, server: TwilioServer, status: int
    ) -> None:
        server.answer = status
        with self.channel as channel, pytest.raises(Refused) as refusal:
            channel.send(message(to=NUMBER))
        assert not refusal.value.permanent

    def test_a_wrong_token_is_a_refusal_for_now(self, server: TwilioServer) -> None:
        channel = TwilioChannel(**{**server.options(), "auth_token": "another"})
        with channel, pytest.raises(Refused, match="20003") as refusal:
            channel.send(message(to=NUMBER))
        assert not refusal.value.permanent

    def test_a_message_that_failed_at_once_reached_nobody(self, server: TwilioServer) -> None:
        server.state = "failed"
        with self.channel as channel, pytest.raises(Refused, match="30006: Landline") as refusal:
            channel.send(message(to=NUMBER))
        assert refusal.value.permanent

    @pytest.mark.parametrize("answer", ["hang up", 500])
    def test_a_lost_answer_leaves_the_message_in_doubt_and_the_next_one_goes(
        self, server: TwilioServer, answer: int | str
    ) -> None:
        server.answer = answer
        with self.channel as channel:
            with pytest.raises((RequestException, TwilioException)):
                channel.send(message("notice-1", to=NUMBER))
            server.answer = 201
            channel.send(message("notice-2", to=NUMBER))
        assert [arrived.key for arrived in self.delivered()] == ["notice-1", "notice-2"]

    def test_a_server_that_is_away_is_a_refusal_for_now(self) -> None:
        away = LoopbackClient(f"http://127.0.0.1:{free_port()}")
        channel = TwilioChannel(**{**self.server_.options(), "http_client": away})
        with channel, pytest.raises(Refused, match="cannot be reached") as refusal:
            channel.send(message(to=NUMBER))
        assert not refusal.value.permanent

    def test_a_key_of_any_form_comes_back_as_it_was(self) -> None:
        strange = replace(message(to=NUMBER), key="notice 1&key=2#ä")
        with self.channel as channel:
            channel.send(strange)
        assert self.delivered()[0].key == strange.key
