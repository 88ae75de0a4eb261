"""The call to a webhook of your own: one signed POST. No proxy, no redirect: it goes where the settings say, only."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from dunning.rules.signing import signature

TIMEOUT = 10  # seconds to connect, and as many for the whole answer
READ_UP_TO = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status`: HTTP's, None when nobody answered; `is_heard`: whether anything may have arrived."""

    status: int | None
    text: str
    is_heard: bool = True

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, secret: str, event_id: str, body: bytes, *, now: datetime) -> Answer:
    """Deliver `body` under this id; whatever goes wrong on the way is an answer without a status."""
    headers = {
        "Content-Type": "application/json",
        "Desk-Event-Id": event_id,
        "Desk-Signature": signature(body, secret, at=now),
    }
    try:
        return _post(url, body, headers)
    except (OSError, http.client.HTTPException) as error:
        return Answer(None, f"{type(error).__name__}: {error}"[:READ_UP_TO])


def _post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    address = urlsplit(url)
    host = str(address.hostname)
    link = (
        http.client.HTTPSConnection(host, address.port, timeout=TIMEOUT, context=ssl.create_default_context())
        if address.scheme == "https"
        else http.client.HTTPConnection(host, address.port, timeout=TIMEOUT)
    )
    is_late = threading.Event()
    try:
        try:
            link.connect()
        except OSError as error:
            return Answer(None, f"{type(error).__name__}: {error}"[:READ_UP_TO], is_heard=False)
        clock = threading.Timer(TIMEOUT, _cut, [link.sock, is_late])
        clock.start()
        try:
            link.request("POST", (address.path or "/") + (f"?{address.query}" if address.query else ""), body, headers)
            response = link.getresponse()
            answer = Answer(response.status, response.read(READ_UP_TO).decode(errors="replace"))
        finally:
            clock.cancel()
        return Answer(None, "no whole answer in time") if is_late.is_set() else answer
    finally:
        link.close()


def _cut(line: socket.socket, is_late: threading.Event) -> None:
    """End a call that takes too long as a whole: a time-out by itself only bounds the wait for the next byte."""
    is_late.set()
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
