"""The channel of docs/extend.md keeps the contract, and every row of what an error means."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from dunning.channels.base import Channel, Refused
from tests.contracts.channel_contract import ChannelContract, Delivered, message
from tests.contracts.example_channel import ExampleChannel
from tests.contracts.mail_servers import free_port

NUMBER = "+4915123456789"


class Provider(ThreadingHTTPServer):
    """`says`: a status and a body instead of taking the message, or "hang up" after taking it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[dict[str, str]] = []
        self.says: tuple[int, Any] | str = ""


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if isinstance(self.server.says, tuple):
            return self._answer(*self.server.says)
        self.server.taken.append(told)
        return None if self.server.says else self._answer(200, {"id": f"id of {told['key']}"})

    def do_GET(self) -> None:
        [key] = parse_qs(urlsplit(self.path).query)["key"]
        self._answer(200, [{"id": f"id of {key}"} for told in self.server.taken if told["key"] == key])

    def _answer(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test output quiet."""


class TestExample(ChannelContract):
    """A message of words alone."""

    reader = NUMBER
    shows = ("text",)

    @pytest.fixture(autouse=True)
    def provider(self) -> Iterator[Provider]:
        with Provider() as self.provider_:
            thread = threading.Thread(target=self.provider_.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            self.channel: Channel = self._at(self.provider_.server_port)
            yield self.provider_
            self.provider_.shutdown()
            thread.join()

    def _at(self, port: int) -> ExampleChannel:
        return ExampleChannel(address=f"http://127.0.0.1:{port}", token="only for this test")

    def delivered(self) -> list[Delivered]:
        return [Delivered(told["to"], "", "", told["text"], "", told["key"]) for told in self.provider_.taken]

    @pytest.mark.parametrize(("problem", "permanent"), [("no_such_user", True), ("too_many", False)])
    def test_a_refusal_says_whether_it_is_about_the_number(
        self, provider: Provider, problem: str, permanent: bool
    ) -> None:
        provider.says = (400, {"problem": problem})
        with self.channel as channel, pytest.raises(Refused, match=problem) as refusal:
            channel.send(message(to=NUMBER))
        assert refusal.value.permanent is permanent

    def test_what_is_no_number_never_leaves(self) -> None:
        with self.channel as channel, pytest.raises(Refused) as refusal:
            channel.send(message(to="ada@example.org"))
        assert refusal.value.permanent
        assert self.delivered() == []

    @pytest.mark.parametrize("says", ["hang up", (500, {})])
    def test_a_lost_answer_is_no_refusal(self, provider: Provider, says: Any) -> None:
        provider.says = says
        with self.channel as channel, pytest.raises(requests.RequestException):
            channel.send(message(to=NUMBER))

    def test_a_provider_that_is_away_is_a_refusal_for_now(self) -> None:
        with self._at(free_port()) as channel, pytest.raises(Refused) as refusal:
            channel.send(message(to=NUMBER))
        assert not refusal.value.permanent
