"""Deliveries in Stripe's name: only what one of our secrets signed just now, for us, is believed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.gateways.base import WebhookRefusal
from payments.gateways.stripe import StripeGateway
from payments.processor.events import signature
from tests.stripe_processor import SECRET, SECRET_KEY, StripeProcessor, request, running

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": int(NOW.timestamp()) - 3,
    "livemode": False,
    "data": {"object": {"id": "pi_1", "object": "payment_intent", "metadata": {"desk_key": "key-1"}}},
}
BODY = json.dumps(EVENT).encode()
GATEWAY = StripeGateway(SECRET_KEY, [SECRET, "whsec_the_next_one"])


def signed(body: bytes = BODY, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    return {"stripe-signature": signature(secret, body, int(at.timestamp()))}


def other(**changes: object) -> bytes:
    return json.dumps({**EVENT, **changes}).encode()


def test_genuine_event_is_read_with_our_key() -> None:
    event = GATEWAY.read_webhook(BODY, signed(), now=NOW)
    assert (event.id, event.kind, event.key) == ("evt_1", "payment_intent.succeeded", "key-1")
    assert event.happened_at == NOW - timedelta(seconds=3)


def test_event_about_something_else_has_no_key() -> None:
    for about in ({"object": "dispute"}, {"object": "charge", "metadata": {}}, {"metadata": None}):
        body = other(data={"object": about})
        assert GATEWAY.read_webhook(body, signed(body), now=NOW).key == ""


ABOUT = {
    "customer.updated": ({"id": "cus_1"}, "customer/cus_1"),
    "payment_method.attached": ({"id": "pm_1", "customer": "cus_1"}, "customer/cus_1"),
    "payment_method.detached": ({"id": "pm_1", "customer": None}, "customer/cus_before"),
    "invoice.paid": ({"id": "in_1", "customer": "cus_1"}, "invoice/in_1"),
    "invoice_payment.paid": ({"id": "inpay_1", "invoice": "in_1"}, "invoice/in_1"),
    "charge.failed": ({"id": "ch_1", "payment_intent": "pi_1", "metadata": {}}, "try/ch_1"),
    "charge.dispute.created": ({"id": "dp_1", "payment_intent": "pi_1"}, "payment/pi_1"),
    "charge.refunded": ({"id": "ch_1", "payment_intent": "pi_1", "metadata": {}}, "payment/pi_1"),
    "invoice.created": ({"id": "in_1"}, ""),
    "product.created": ({"id": "prod_1"}, ""),
}


@pytest.mark.parametrize(("kind", "about", "named"), [(kind, *said) for kind, said in ABOUT.items()], ids=ABOUT)
def test_event_names_what_is_to_be_looked_at_again(kind: str, about: dict[str, object], named: str) -> None:
    body = other(type=kind, data={"object": about, "previous_attributes": {"customer": "cus_before"}})
    event = GATEWAY.read_webhook(body, signed(body), now=NOW)
    assert (event.kind, event.about, event.key) == (kind, named, "")


def test_secret_can_be_changed_while_deliveries_come_in() -> None:
    assert GATEWAY.read_webhook(BODY, signed(secret="whsec_the_next_one"), now=NOW).id == "evt_1"
    both = signed()["stripe-signature"] + "," + signed(secret="whsec_retired")["stripe-signature"].partition(",")[2]
    assert GATEWAY.read_webhook(BODY, {"stripe-signature": both}, now=NOW).id == "evt_1"


@pytest.mark.parametrize("seconds", [-301, -300, 0, 300, 301])
def test_signature_holds_for_five_minutes(seconds: int) -> None:
    read = partial(GATEWAY.read_webhook, BODY, signed(), now=NOW + timedelta(seconds=seconds))
    if abs(seconds) <= 300:
        assert read().id == "evt_1"
    else:
        with pytest.raises(WebhookRefusal, match="five minutes"):
            read()


def test_old_delivery_is_not_made_young_by_a_second_moment_in_its_header() -> None:
    late = NOW + timedelta(days=1)
    old = signed()["stripe-signature"]
    for header in (f" t={int(late.timestamp())},{old}", f"{old},t={int(late.timestamp())}", old.replace("t=", "t=+")):
        with pytest.raises(WebhookRefusal):
            GATEWAY.read_webhook(BODY, {"stripe-signature": header}, now=late)


REFUSED = {
    "signed by a stranger": (BODY, signed(secret="whsec_stranger")),
    "signed over another body": (BODY, signed(BODY + b" ")),
    "not signed": (BODY, {}),
    "without a moment": (BODY, {"stripe-signature": "v1=" + "0" * 64}),
    "nonsense instead of a signature": (BODY, {"stripe-signature": "t=,v1=,=,,\x00"}),
    "older scheme only": (BODY, {"stripe-signature": signed()["stripe-signature"].replace("v1=", "v0=")}),
    "live mode": (other(livemode=True), signed(other(livemode=True))),
    "no mode": (other(livemode=None), signed(other(livemode=None))),
    "another account": (other(account="acct_2"), signed(other(account="acct_2"))),
    "no moment": (other(created="soon"), signed(other(created="soon"))),
    "endless moment": (other(created=10**30), signed(other(created=10**30))),
    "about nothing": (other(data=None), signed(other(data=None))),
    "about a word": (other(data={"object": "pi_1"}), signed(other(data={"object": "pi_1"}))),
    "a list": (b"[]", signed(b"[]")),
    "no JSON": (b"{", signed(b"{")),
    "too large": (BODY + b" " * 1_000_000, signed(BODY + b" " * 1_000_000)),
    "no text": (b"\xff" * 10, {"stripe-signature": "t=1,v1=" + "0" * 64}),
}
DEEP = b"[" * 200_000


@pytest.mark.parametrize(("body", "headers"), [*REFUSED.values(), (DEEP, signed(DEEP))], ids=[*REFUSED, "very deep"])
def test_delivery_is_refused(body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(WebhookRefusal):
        GATEWAY.read_webhook(body, headers, now=NOW)


def test_no_secret_believes_nothing() -> None:
    for secrets in ([], [""]):
        with pytest.raises(WebhookRefusal):
            StripeGateway(SECRET_KEY, secrets).read_webhook(BODY, signed(secret=""), now=NOW)


def test_account_and_mode_are_those_of_the_gateway() -> None:
    live = StripeGateway("sk_live_x", [SECRET], account="acct_2")
    body = other(account="acct_2", livemode=True)
    assert live.read_webhook(body, signed(body), now=NOW).id == "evt_1"
    with pytest.raises(WebhookRefusal):
        live.read_webhook(BODY, signed(), now=NOW)


def test_each_byte_of_a_body_counts() -> None:
    headers = signed()
    for place in range(len(BODY)):
        for flip in (1, 0x20, 0x80):
            forged = bytearray(BODY)
            forged[place] ^= flip
            with pytest.raises(WebhookRefusal):
                GATEWAY.read_webhook(bytes(forged), headers, now=NOW)


@given(st.binary(max_size=200), st.text(max_size=200))
def test_whatever_is_delivered_is_refused_and_nothing_else(body: bytes, header: str) -> None:
    with pytest.raises(WebhookRefusal):
        GATEWAY.read_webhook(body, {"stripe-signature": header}, now=NOW)


class Delivery(NamedTuple):
    body: bytes
    headers: dict[str, str]


@pytest.fixture
def letterbox() -> Iterator[tuple[str, SimpleQueue[Delivery]]]:
    """An address that takes deliveries, and what came."""
    came: SimpleQueue[Delivery] = SimpleQueue()

    class Box(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.put(Delivery(body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Box) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", came
        server.shutdown()


@pytest.fixture
def processor(tmp_path: Path, letterbox: tuple[str, SimpleQueue[Delivery]]) -> Iterator[StripeProcessor]:
    options = ("--webhook-url", letterbox[0], "--webhook-secret", SECRET)
    with running(tmp_path / "books.sqlite3", *options) as processor:
        yield processor


def test_processor_delivers_late_twice_and_in_another_order(
    processor: StripeProcessor, letterbox: tuple[str, SimpleQueue[Delivery]]
) -> None:
    gateway, came = processor.gateway(), letterbox[1]
    processor.control("hold")
    gateway.charge(request())
    assert processor.control("release", order="reversed") == {"released": 3}
    # The processor is a process with a clock of its own, and signs at its own time.
    events = [gateway.read_webhook(*came.get(timeout=10), now=datetime.now(UTC)) for _ in range(3)]
    assert [event.kind for event in events] == [
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.created",
    ]
    assert {event.key for event in events} == {"key-1"}
    processor.control("resend", event=events[0].id)
    assert gateway.read_webhook(*came.get(timeout=10), now=datetime.now(UTC)) == events[0]
