"""Controls for tests: what networks, banks and time do to a processor. POST /_control with a JSON object.

`do` says what, the other members how:

* lose_answer, delay (seconds), error_500, rate_limit: the next POST below `path` (all of /v1 if not given)
* search_blind (on): searches find nothing, as when Stripe's index lags
* settle (intent, code): a waiting debit ends well, or fails with `code`
* approve (intent, yes): the customer's answer to their bank
* card (method, like): a stored card behaves like this test method from now on
* dispute (charge, reason); close_dispute (dispute, status): "won" or "lost"
* fail_refund (refund): the card's bank does not take it
* advance: the processor's own engine tries the invoices that it may collect by itself
* hold, release (order): keep events back; bring them as they happened or "reversed", or "none" of them
* resend (event): bring an event once more
* clock (at, seconds since 1970): the processor's time stands there, as with Stripe's test clocks; without `at` it runs
* reset: everything is forgotten
"""

import time
from typing import NamedTuple

from payments.processor import intents, invoices
from payments.processor.asking import Call, refuse_parameter
from payments.processor.books import Books, Shape
from payments.processor.cards import METHODS
from payments.processor.charges import close_dispute, dispute, fail_refund
from payments.processor.events import Postman

ON_THE_LINE = ("lose_answer", "delay", "error_500", "rate_limit")


class Fault(NamedTuple):
    """What befalls the next POST whose path begins with `path`."""

    what: str
    path: str
    seconds: float


class Faults:
    """The faults that wait for their request, and the controls that act at once."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.search_blind = False
        self.clock: int | None = None

    def now(self) -> int:
        """Seconds since 1970, by the wall's clock unless another moment was set."""
        return int(time.time()) if self.clock is None else self.clock

    def next_for(self, method: str, path: str) -> Fault | None:
        """The oldest fault that waits for such a request; it strikes once."""
        for fault in self.waiting if method == "POST" else []:
            if path.startswith(fault.path):
                self.waiting.remove(fault)
                return fault
        return None

    def obey(self, books: Books, postman: Postman, call: Call, order: Shape) -> Shape:
        """Do what the control says; raises Refused for one that is unknown."""
        what = order.get("do", "")
        if what in ON_THE_LINE:
            self.waiting.append(Fault(what, order.get("path", "/v1/"), float(order.get("seconds", 1))))
            return {}
        if what in ("hold", "release", "resend"):
            return _post(books, postman, order)
        if what == "card":
            return _turn_into(books, order["method"], order["like"])
        if what in ("settle", "approve", "dispute", "close_dispute", "fail_refund", "advance"):
            return _befall(books, call, order)
        if what == "search_blind":
            self.search_blind = bool(order.get("on", True))
            return {}
        if what == "clock":
            self.clock = order.get("at")
            return {}
        if what == "reset":
            self.waiting, self.search_blind, self.clock = [], False, None
            postman.forget()
            books.empty()
            return {}
        return refuse_parameter("do", f"There is no control {what!r}.")


def _post(books: Books, postman: Postman, order: Shape) -> Shape:
    if order["do"] == "hold":
        postman.holding = True
        return {}
    if order["do"] == "release":
        return {"released": postman.release(order.get("order", ""))}
    postman.bag.put(books.get("event", order["event"]))
    return {}


def _turn_into(books: Books, identity: str, like: str) -> Shape:
    found = books.get("payment_method", identity)
    found["_test"] = METHODS[like].token
    books.save(found)
    return found


def _befall(books: Books, call: Call, order: Shape) -> Shape:
    if order["do"] == "settle":
        return intents.settle(books, call, order["intent"], order.get("code", ""))
    if order["do"] == "approve":
        return intents.approve(books, call, order["intent"], says_yes=order.get("yes", True))
    if order["do"] == "close_dispute":
        return close_dispute(books, call, order["dispute"], order.get("status", "won"))
    if order["do"] == "fail_refund":
        return fail_refund(books, call, order["refund"])
    if order["do"] == "advance":
        return invoices.advance(books, call)
    return dispute(books, call, order["charge"], order.get("reason", "fraudulent"))
