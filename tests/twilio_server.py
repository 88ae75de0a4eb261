"""A server of the tests' own that speaks Twilio's Messages API, with its own books, and signs what it tells us."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

ACCOUNT = "AC" + "0" * 32
TOKEN = "a-token-for-tests"
SENDER = "+15005550006"
REPORTS_TO = "https://desk.example.com/webhooks/sms/reports/"
HOST = "https://api.twilio.com"


class LoopbackClient(TwilioHttpClient):  # type: ignore[misc]
    """The library's own client; only the host is another."""

    def __init__(self, address: str, timeout: float = 5) -> None:
        super().__init__(timeout=timeout)
        self.address = address

    def request(self, method: str, url: str, *told: Any, **more: Any) -> Response:
        assert url.startswith(HOST), url
        return super().request(method, self.address + url.removeprefix(HOST), *told, **more)


class TwilioServer:
    """`refuses` maps a number to the code it is refused with; `answer` is a status instead of yes, or "hang up".

    `taken` are the books: every message that was taken over, as it came.
    """

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        self.refuses: dict[str, int] = {}
        self.answer: int | str = 201
        self.state = "queued"
        desk = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                desk.create(self)

            def do_GET(self) -> None:
                sid = urlsplit(self.path).path.rpartition("/")[2].removesuffix(".json")
                found = [row for row in desk.taken if row["Sid"] == sid]
                say(self, 200, desk.resource(found[0])) if found else say(self, 404, problem(20404))

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test output quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def options(self, timeout: float = 5) -> dict[str, Any]:
        """What the channel needs to send through this server."""
        return {
            "account_sid": ACCOUNT,
            "auth_token": TOKEN,
            "sender": SENDER,
            "reports_to": REPORTS_TO,
            "http_client": LoopbackClient(self.address, timeout),
        }

    def create(self, call: BaseHTTPRequestHandler) -> None:
        length = int(call.headers["Content-Length"])
        told = {name: values[0] for name, values in parse_qs(call.rfile.read(length).decode()).items()}
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if call.headers["Authorization"] != expected or f"/Accounts/{ACCOUNT}/" not in call.path:
            return say(call, 401, problem(20003))
        if code := self.refuses.get(told["To"]):
            return say(call, 400, problem(code))
        if isinstance(self.answer, int) and 400 <= self.answer < 500:
            return say(call, self.answer, problem(20429 if self.answer == 429 else 21606))
        self.taken.append({**told, "Sid": f"SM{len(self.taken):032x}"})
        if self.answer == "hang up":
            call.close_connection = True
            return call.connection.close()
        if self.answer == 500:
            return say(call, 500, {"message": "Internal error"})
        return say(call, 201, self.resource(self.taken[-1]))

    def resource(self, row: dict[str, str]) -> dict[str, Any]:
        failed = self.state in ("failed", "undelivered")
        return {
            "sid": row["Sid"],
            "account_sid": ACCOUNT,
            "to": row["To"],
            "from": row.get("From"),
            "body": row["Body"],
            "status": self.state,
            "num_segments": "1",
            "error_code": 30006 if failed else None,
            "error_message": "Landline or unreachable carrier" if failed else None,
        }

    @contextmanager
    def running(self) -> Iterator["TwilioServer"]:
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            thread.join()
            self.server.server_close()


def say(call: BaseHTTPRequestHandler, status: int, what: dict[str, Any]) -> None:
    body = json.dumps(what).encode()
    call.send_response(status)
    call.send_header("Content-Type", "application/json")
    call.send_header("Content-Length", str(len(body)))
    call.end_headers()
    call.wfile.write(body)


def problem(code: int) -> dict[str, Any]:
    return {"code": code, "message": f"Problem {code}", "more_info": f"https://www.twilio.com/docs/errors/{code}"}


def signed(url: str, form: dict[str, str]) -> str:
    """The signature of a delivery, as Twilio describes it: HMAC-SHA1 over the address and the sorted form."""
    words = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(TOKEN.encode(), words.encode(), hashlib.sha1).digest()).decode()
