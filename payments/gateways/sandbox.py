"""A gateway without real money, and a real one in all else: its own books outside our database, keys, test cards.

The journal is an SQLite file that several processes may use at once. It knows nothing of our tables, so that
tests can hold its books against ours.
"""

import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext_noop

from payments.gateways.base import (
    Card,
    CardOnOffer,
    ChargeRequest,
    ChargeResult,
    ChargeState,
    Gateway,
    GatewayRefusal,
    WebhookEvent,
    WebhookRefusal,
)
from payments.rules.declines import Decline

BUSY_SECONDS = 20.0
EXPIRY = date(2039, 12, 31)


class SandboxCard(NamedTuple):
    """A card that always behaves the same way: after some `seconds`, or with an answer that `is_lost`."""

    card: Card
    purpose: str
    state: ChargeState
    code: str = ""
    seconds: float = 0
    is_lost: bool = False


def _test_card(brand: str, last4: str, purpose: str, state: ChargeState, code: str = "", **how: Any) -> SandboxCard:
    return SandboxCard(Card(f"test_{last4}", brand, last4, EXPIRY), purpose, state, code, **how)


TEST_CARDS = {
    test.card.token: test
    for test in (
        _test_card("Visa", "4242", gettext_noop("the payment succeeds"), ChargeState.SUCCEEDED),
        _test_card("Visa", "0002", gettext_noop("the bank declines"), ChargeState.DECLINED, "generic_decline"),
        _test_card("Visa", "9995", gettext_noop("not enough money on it"), ChargeState.DECLINED, "insufficient_funds"),
        _test_card("Mastercard", "3155", gettext_noop("the bank asks for your approval"), ChargeState.REQUIRES_ACTION),
        _test_card("Visa", "3000", gettext_noop("the money comes later"), ChargeState.PENDING),
        _test_card("Visa", "0119", gettext_noop("the answer comes slowly"), ChargeState.SUCCEEDED, seconds=2),
        _test_card("Visa", "5000", gettext_noop("the answer is lost"), ChargeState.SUCCEEDED, is_lost=True),
    )
}

SCHEMA = """
    CREATE TABLE IF NOT EXISTS charge (
        key TEXT PRIMARY KEY, amount TEXT, currency TEXT, card TEXT, customer TEXT,
        state TEXT NOT NULL, code TEXT NOT NULL, reference TEXT NOT NULL UNIQUE
    )
"""


class Line(NamedTuple):
    """One line of the journal. A key that was cancelled before its charge came has no amount."""

    key: str
    amount: str | None
    currency: str | None
    card: str | None
    customer: str | None
    state: str
    code: str
    reference: str

    @property
    def captured(self) -> Decimal:
        """How much was taken, in the line's currency."""
        return Decimal(self.amount or 0) if self.state == ChargeState.SUCCEEDED else Decimal(0)

    def result(self) -> ChargeResult:
        state = ChargeState(self.state)
        test = TEST_CARDS.get(self.card or "")
        return ChargeResult(state, self.reference, Decline(self.code), test.card if test else None)

    def is_of(self, request: ChargeRequest) -> bool:
        """Whether this line is the request's own, not another charge under the same key."""
        mine = (request.currency, request.card)
        return self.amount is None or (Decimal(self.amount) == request.amount and (self.currency, self.card) == mine)


class SandboxGateway(Gateway):
    """Charges the test cards and writes down what it did in `journal`, the path of a file that it makes itself."""

    plays_the_bank = True

    def __init__(self, journal: str | Path) -> None:
        self.journal = Path(journal)

    def charge(self, request: ChargeRequest) -> ChargeResult:
        test = TEST_CARDS.get(request.card)
        if test is None:
            raise GatewayRefusal("The sandbox takes its own test cards only.", permanent=True)
        with self._open() as books:
            line = _find(books, request.key)
            if line is None:
                line = _first_line(request, test)
                _write(books, line)
        if not line.is_of(request):
            raise GatewayRefusal("This key was used for another amount, currency or card before.", permanent=True)
        time.sleep(test.seconds)
        if test.is_lost:
            raise TimeoutError("The charge is in the journal, and its answer on nobody's way.")
        return line.result()

    def look_up(self, key: str) -> ChargeResult | None:
        """What is on its way has arrived once somebody asks."""
        with self._open() as books:
            line = _find(books, key)
            if line and line.state == ChargeState.PENDING:
                line = _move(books, line, ChargeState.SUCCEEDED)
        return line.result() if line else None

    def cancel(self, key: str) -> ChargeResult:
        with self._open() as books:
            line = _find(books, key)
            if line is None:
                line = Line(key, None, None, None, None, ChargeState.CANCELLED, "", _new_reference())
                _write(books, line)
            if line.state == ChargeState.PENDING:
                raise GatewayRefusal("This money is on its way and cannot be called back.", permanent=False)
            return _move(books, line, ChargeState.CANCELLED).result()

    def confirm(self, key: str) -> ChargeResult:
        """The sandbox plays the customer's bank too: confirming is the customer's yes."""
        with self._open() as books:
            line = _find(books, key)
            if line is None:
                raise GatewayRefusal("The sandbox knows no charge under this key.", permanent=True)
            return _move(books, line, ChargeState.SUCCEEDED).result()

    def read_webhook(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> WebhookEvent:  # noqa: ARG002
        raise WebhookRefusal("The sandbox sends no webhooks.")

    def cards_on_offer(self) -> tuple[CardOnOffer, ...]:
        return tuple(CardOnOffer(test.card, test.purpose) for test in TEST_CARDS.values())

    def lines(self) -> list[Line]:
        """The whole journal, oldest line first, for whoever compares books."""
        with self._open() as books:
            return [Line(*row) for row in books.execute("SELECT * FROM charge ORDER BY rowid")]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The journal, locked for this process until the block ends; a block that raises leaves no trace."""
        self.journal.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.journal, timeout=BUSY_SECONDS, isolation_level=None)) as books:
            books.execute("BEGIN IMMEDIATE")
            books.execute(SCHEMA)
            yield books
            books.execute("COMMIT")


def _new_reference() -> str:
    return f"sb_{secrets.token_hex(8)}"


def _first_line(request: ChargeRequest, test: SandboxCard) -> Line:
    """A bank that asks for an approval which nobody is there to give says no."""
    state, code = test.state, test.code
    if state is ChargeState.REQUIRES_ACTION and not request.attended:
        state, code = ChargeState.DECLINED, "authentication_required"
    told = (request.key, str(request.amount), request.currency, request.card, request.customer)
    return Line(*told, state, code, _new_reference())


def _find(books: sqlite3.Connection, key: str) -> Line | None:
    row = books.execute("SELECT * FROM charge WHERE key = ?", (key,)).fetchone()
    return Line(*row) if row else None


def _write(books: sqlite3.Connection, line: Line) -> None:
    books.execute("INSERT INTO charge VALUES (?, ?, ?, ?, ?, ?, ?, ?)", line)


def _move(books: sqlite3.Connection, line: Line, state: ChargeState) -> Line:
    """Bring a charge that has no end to `state`; leave every other as it is."""
    if line.state not in (ChargeState.REQUIRES_ACTION, ChargeState.PENDING):
        return line
    books.execute("UPDATE charge SET state = ? WHERE key = ?", (state, line.key))
    return line._replace(state=state)
