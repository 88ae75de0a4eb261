"""Mail servers on the loopback that the tests start: an SMTP server and a provider's web interface, both with books."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.contracts.channel_contract import Delivered


def free_port() -> int:
    """A port of the loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_delivered(raw: bytes) -> Delivered:
    """A message as a mail program reads it."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    text, html = mail.get_body(["plain"]), mail.get_body(["html"])
    assert text
    assert html
    return Delivered(
        *_reader_of(raw),
        mail["Subject"].strip(),
        text.get_content().replace("\r\n", "\n"),
        html.get_content().strip(),
        mail["Message-ID"].removeprefix("<").partition("@")[0],
    )


def _reader_of(raw: bytes) -> tuple[str, str]:
    """Address and name, taken apart by the older parser: the newer one of Python 3.11 gets long encoded names wrong."""
    name, address = parseaddr(" ".join(message_from_bytes(raw)["To"].split()))
    return address, str(make_header(decode_header(name)))


class SmtpServer:
    """`answers` maps a stage (MAIL, RCPT, DATA) to what the server says there instead of yes."""

    def __init__(self, takes_commands_together: bool = False) -> None:
        self.extensions = ["250-PIPELINING"] if takes_commands_together else []
        self.answers: dict[str, str] = {}
        self.taken: list[bytes] = []
        self.connections = 0
        self.after_taking = ""  # "hang up" or "fall silent": the mail is taken and nobody hears of it
        self.open: list[asyncio.Transport] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.port = self.controller.port

    @contextmanager
    def running(self) -> Iterator["SmtpServer"]:
        self.controller.start()
        self.connections = 0  # the controller greets itself once
        try:
            yield self
        finally:
            self.controller.stop()

    def hang_up(self) -> None:
        """Close every connection, as a server does with idle ones."""
        for transport in self.open:
            self.controller.loop.call_soon_threadsafe(transport.abort)
        time.sleep(0.05)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        assert isinstance(server.transport, asyncio.Transport)
        self.open.append(server.transport)
        return [*responses[:-1], *self.extensions, responses[-1]]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.answers.get("MAIL"):
            return answer
        envelope.mail_from = address
        return "250 fine"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.answers.get("RCPT"):
            if answer == "hang up":
                assert isinstance(server.transport, asyncio.Transport)
                server.transport.abort()
            return answer
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if answer := self.answers.get("DATA"):
            return answer
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        assert isinstance(server.transport, asyncio.Transport)
        if self.after_taking == "hang up":
            server.transport.abort()
        if self.after_taking == "fall silent":
            await asyncio.sleep(2)
        return "250 taken"


class PostmarkServer:
    """Speaks as Postmark does. `answer`: a status and a body instead of yes, or "hang up", or "fall silent"."""

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, Any]] | str | None = None
        self.taken: list[dict[str, Any]] = []
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                desk.respond(self, sent)

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test output quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    @contextmanager
    def running(self) -> Iterator["PostmarkServer"]:
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            thread.join()
            self.server.server_close()

    def respond(self, request: BaseHTTPRequestHandler, sent: dict[str, Any]) -> None:
        if isinstance(self.answer, tuple):
            return self._say(request, *self.answer)
        self.taken.append(sent)
        if self.answer == "hang up":
            return None
        if self.answer == "fall silent":
            return time.sleep(1)
        reference = f"postmark-{len(self.taken)}"
        return self._say(request, 200, {"ErrorCode": 0, "Message": "OK", "MessageID": reference, "To": sent["To"]})

    def _say(self, request: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)
