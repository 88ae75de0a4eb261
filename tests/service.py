"""A service on this machine that hears what the desk tells it: it checks each signature and keeps a journal."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

SECRET = "only-for-tests-only-for-tests-only-for-tests"


@dataclass
class Service:
    """`heard`: every delivery. `answers`: the statuses to give, in order; 200 when none is left."""

    url: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.heard]

    def restricted(self) -> set[str]:
        """Who is restricted, as a careful receiver sees it: each id once, and no event older than the newest."""
        newest: dict[str, dict[str, Any]] = {}
        for event in self.heard:
            if event["number"] >= newest.get(event["customer"], event)["number"]:
                newest[event["customer"]] = event
        return {customer for customer, event in newest.items() if event["kind"] == "service.restrict"}


@contextmanager
def listening() -> Iterator[Service]:
    service = Service()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            moment, _, digest = self.headers["Desk-Signature"].partition(",v1=")
            signed = moment.removeprefix("t=").encode() + b"." + body
            genuine = hmac.compare_digest(digest, hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest())
            told = json.loads(body)
            status = (service.answers.pop(0) if service.answers else 200) if genuine else 400
            if genuine and told["id"] == self.headers["Desk-Event-Id"]:
                service.heard.append({**told, "answered": status})
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(b"noted")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    service.url = f"http://127.0.0.1:{server.server_address[1]}/hooks/dunning"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
