"""The line: reading requests, keys that make things happen once, faults on the way, answers in JSON."""

import hashlib
import json
import secrets
import socket
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

from payments.processor import checkout, pages
from payments.processor.asking import Call, Refused, read_form, refuse_missing
from payments.processor.books import Books, Missing, Shape
from payments.processor.events import Postman, public
from payments.processor.faults import Fault, Faults
from payments.processor.lists import expand
from payments.processor.routes import find

NOT_KEPT = (400, 401, 404, 409, 429)  # a request that was not begun may be mended and sent under its key again
KEY_CLASH = "Keys for idempotent requests can only be used with the same parameters they were first used with."
KEY_IN_USE = "There is currently another in-progress request using this Idempotent Key."


class Answer(NamedTuple):
    status: int
    body: str
    is_replay: bool = False


class Processor(ThreadingHTTPServer):
    """Listens on the loopback only. `ignores_keys`: a hostile one that does twice what is asked twice."""

    daemon_threads = True

    def __init__(self, port: int, books: Books, postman: Postman, *, ignores_keys: bool) -> None:
        super().__init__(("127.0.0.1", port), Line)
        self.books, self.postman, self.faults = books, postman, Faults()
        self.ignores_keys = ignores_keys
        self.at_work: set[str] = set()

    def answer(self, call: Call, fault: Fault | None) -> Answer:
        """Once under each key: a stored answer again, a refusal for another request, or the work itself."""
        if not call.key or call.method != "POST" or self.ignores_keys:
            return self._work(call, fault)
        asked = hashlib.sha256(json.dumps([call.path, call.form], sort_keys=True).encode()).hexdigest()
        with self.books.lock:
            if earlier := self.books.earlier_answer(call.key):
                return Answer(*earlier[1:], is_replay=True) if earlier[0] == asked else _clash()
            if call.key in self.at_work:
                return _refusal(409, code="idempotency_key_in_use", message=KEY_IN_USE)
            self.at_work.add(call.key)
        try:
            answer = self._work(call, fault)
            if answer.status not in NOT_KEPT:
                with self.books.lock:
                    self.books.keep_answer(call.key, asked, answer.status, answer.body)
            return answer
        finally:
            self.at_work.discard(call.key)

    def _work(self, call: Call, fault: Fault | None) -> Answer:
        if fault and fault.what == "delay":
            time.sleep(fault.seconds)
        with self.books.lock:
            self.books.connection.execute("BEGIN")
            try:
                status, body = 200, self._reply(call)
            except Refused as refused:
                status, body = refused.status, refused.body
            except Missing as missing:
                self.books.connection.execute("ROLLBACK")
                return _missing(*missing.args)
            except BaseException:
                self.books.connection.execute("ROLLBACK")
                raise
            self.books.connection.execute("COMMIT" if status in (200, 402) else "ROLLBACK")
            self.postman.pick_up(self.books)
        return Answer(status, json.dumps(body))

    def _reply(self, call: Call) -> Shape:
        if self.faults.search_blind and call.path.endswith("/search"):
            return {"object": "search_result", "url": call.path, "has_more": False, "next_page": None, "data": []}
        function, names = find(call.method, call.path)
        return _public(expand(self.books, call, function(self.books, replace(call, names=names))))


class Line(BaseHTTPRequestHandler):
    """One connection."""

    server: Processor
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together

    def do_GET(self) -> None:
        self._hear("GET")

    def do_POST(self) -> None:
        self._hear("POST")

    def _hear(self, method: str) -> None:
        length = self.headers.get("Content-Length") or "0"
        body = self.rfile.read(int(length)).decode()
        address = urlsplit(self.path)
        first = address.path.split("/")[1]
        speak = {"v1": self._api, "_control": self._control, "_books": self._show_books}.get(first, self._page)
        try:
            speak(method, address.path, body or address.query)
        except Refused as refused:
            self._say(refused.status, json.dumps(refused.body))
        except Missing as missing:
            self._say(*_missing(*missing.args)[:2])

    def _api(self, method: str, path: str, encoded: str) -> None:
        self._insist_on_secret()
        call = self._call(method, path, read_form(encoded))
        with self.server.books.lock:
            seen = [self.headers.get(name, "") for name in ("Stripe-Version", "Stripe-Account")]
            self.server.books.note_request(method, path, call.key, *seen)
        fault = self.server.faults.next_for(method, path)
        if fault and fault.what == "rate_limit":
            return self._say(*_refusal(429, code="rate_limit", message="Too many requests.")[:2])
        if fault and fault.what == "error_500":
            return self._say(500, json.dumps({"error": {"type": "api_error", "message": "Something went wrong."}}))
        answer = self.server.answer(call, fault)
        if fault and fault.what == "lose_answer":
            return self._hang_up()
        return self._say(*answer)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _control(self, method: str, path: str, body: str) -> None:
        server = self.server
        with server.books.lock:
            done = server.faults.obey(server.books, server.postman, self._call(method, path, {}), json.loads(body))
            server.postman.pick_up(server.books)
        self._say(200, json.dumps(public(done)))

    def _show_books(self, _method: str, _path: str, _body: str) -> None:
        with self.server.books.lock:
            self._say(200, json.dumps(self.server.books.read()))

    def _page(self, method: str, path: str, encoded: str) -> None:
        form = read_form(encoded)
        _, kind, identity, *_rest = [*path.split("/"), "", ""]
        call, books = self._call(method, path, {}), self.server.books
        with books.lock:
            if kind == "pay" and method == "POST":
                return self._pay(call, identity, str(form.get("method", "")), str(form.get("go")))
            if kind == "pay":
                return self._say(200, checkout.page(books, call, identity), kind="text/html")
            if kind == "approve" and method == "POST":
                return self._approve(call, identity, says_yes=form.get("go") == "yes")
            if kind == "approve":
                return self._say(200, checkout.approval_page(books, identity), kind="text/html")
        return self._say(200 if kind == "done" else 404, pages.done(), kind="text/html")

    def _pay(self, call: Call, identity: str, token: str, going: str) -> None:
        books = self.server.books
        if going == "no":
            return self._go(str(books.get("checkout.session", identity)["cancel_url"] or f"{call.address}/done"))
        try:
            onward = checkout.finish(books, call, identity, token)
        except Refused as refused:
            return self._say(200, checkout.page(books, call, identity, str(refused)), kind="text/html")
        finally:
            self.server.postman.pick_up(books)
        return self._go(onward)

    def _approve(self, call: Call, identity: str, *, says_yes: bool) -> None:
        onward = checkout.approval(self.server.books, call, identity, says_yes=says_yes)
        self.server.postman.pick_up(self.server.books)
        self._go(onward)

    def _call(self, method: str, path: str, form: Shape) -> Call:
        address = f"http://127.0.0.1:{self.server.server_port}"
        return Call(method, path, form, self.server.faults.now(), address, self.headers.get("Idempotency-Key", ""))

    def _insist_on_secret(self) -> None:
        if not self.headers.get("Authorization", "").startswith(("Bearer sk_test_", "Bearer rk_test_")):
            raise Refused(401, type="invalid_request_error", message="Invalid API Key provided.")

    def _go(self, address: str) -> None:
        self._say(303, "", kind="text/html", onward=address)

    def _say(
        self, status: int, body: str, is_replay: bool = False, *, kind: str = "application/json", onward: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Request-Id", f"req_{secrets.token_hex(7)}")
        if is_replay:
            self.send_header("Idempotent-Replayed", "true")
        if onward:
            self.send_header("Location", onward)
        content = body.encode()
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """The books hold every request; a log beside them would say nothing more."""


def _public(body: Shape) -> Shape:
    """Our own notes stay out of answers, also in lists and in expanded objects."""
    clean: Shape = {name: _public(value) if isinstance(value, dict) else value for name, value in public(body).items()}
    if isinstance(clean.get("data"), list):
        clean["data"] = [_public(part) for part in clean["data"]]
    return clean


def _refusal(status: int, **error: str) -> Answer:
    return Answer(status, json.dumps(Refused(status, type="invalid_request_error", **error).body))


def _clash() -> Answer:
    return Answer(400, json.dumps({"error": {"type": "idempotency_error", "message": KEY_CLASH}}))


def _missing(kind: str, identity: object) -> Answer:
    try:
        refuse_missing(kind, identity, None)
    except Refused as refused:
        return Answer(refused.status, json.dumps(refused.body))
