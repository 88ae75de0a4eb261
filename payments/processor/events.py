"""Events: recorded with what they are about, signed as Stripe signs, brought to the webhook address in any order."""

import hashlib
import hmac
import json
import logging
import queue
import threading
import time
import urllib.request
from contextlib import suppress

from payments.processor.asking import Call
from payments.processor.books import Books, Shape

logger = logging.getLogger(__name__)
TRIES = 3


def record(books: Books, call: Call, kind: str, about: Shape, before: Shape | None = None) -> None:
    """Note that something of this kind (in Stripe's words) happened to the object `about`; `before`: what changed."""
    event = {
        "api_version": "2026-10-28.endive",
        "created": call.now,
        "data": {"object": public(about), **({"previous_attributes": before} if before else {})},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": call.key or None},
        "type": kind,
    }
    books.add("event", "evt", event)


def public(body: Shape) -> Shape:
    """The object without our own notes on it."""
    return {name: value for name, value in body.items() if not name.startswith("_")}


def signature(secret: str, body: bytes, moment: int) -> str:
    """The Stripe-Signature header of a delivery at `moment`, seconds since 1970."""
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={signed}"


class Postman:
    """Brings events to the webhook address from a thread of its own, or keeps them while told to hold."""

    def __init__(self, url: str, secret: str) -> None:
        self.url, self.secret = url, secret
        self.holding = False
        self.held: list[Shape] = []
        self.bag: queue.SimpleQueue[Shape] = queue.SimpleQueue()
        self.place = 0  # of the newest event picked up
        if url:
            threading.Thread(target=self._walk, daemon=True).start()

    def pick_up(self, books: Books) -> None:
        """Take what was recorded since the last time."""
        for place, event in books.events_after(self.place) if self.url else ():
            self.place = place
            self.held.append(event) if self.holding else self.bag.put(event)

    def forget(self) -> None:
        """The books were emptied: nothing is held and nothing was seen."""
        self.holding, self.held, self.place = False, [], 0

    def release(self, order: str) -> int:
        """Bring what was held, in `order` ("reversed", or as it happened), and hold nothing more; how many."""
        going, self.held, self.holding = self.held, [], False
        for event in reversed(going) if order == "reversed" else going:
            self.bag.put(event)
        return len(going)

    def _walk(self) -> None:
        while True:
            event = self.bag.get()
            for pause in range(TRIES):
                time.sleep(0.2 * pause)
                with suppress(OSError):
                    self._bring(event)
                    break
            else:
                logger.warning("Event %s could not be delivered to %s.", event["id"], self.url)

    def _bring(self, event: Shape) -> None:
        body = json.dumps(event).encode()
        headers = {
            "Content-Type": "application/json",
            "Stripe-Signature": signature(self.secret, body, int(time.time())),
        }
        request = urllib.request.Request(self.url, body, headers)
        with urllib.request.urlopen(request, timeout=10):
            pass
