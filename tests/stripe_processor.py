"""The card processor as a process of its own, with its controls and its books."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from payments.gateways.base import ChargeRequest
from payments.gateways.stripe import StripeGateway
from tests.processes import ROOT

SECRET = "whsec_of_the_tests"
SECRET_KEY = "sk_test_of_the_tests"


def request(
    card: str = "pm_card_visa",
    *,
    key: str = "key-1",
    amount: str = "12.50",
    currency: str = "EUR",
    attended: bool = True,
) -> ChargeRequest:
    """A charge of a test card, attended unless said otherwise."""
    return ChargeRequest(key, Decimal(amount), currency, card, "C-1", attended)


class StripeProcessor(NamedTuple):
    address: str

    def gateway(self) -> StripeGateway:
        return StripeGateway(**self.options())

    def options(self) -> dict[str, Any]:
        return {"secret_key": SECRET_KEY, "webhook_secrets": [SECRET], "base_address": self.address}

    def control(self, do: str, **how: Any) -> Any:
        """One of the controls in payments/processor/faults.py."""
        return self._ask("/_control", json.dumps({"do": do, **how}).encode())

    def books(self) -> Any:
        return self._ask("/_books")

    def taken(self) -> list[tuple[str, Decimal]]:
        """(intent, amount with two decimals) of all the money taken, oldest first."""
        rows = [row for row in self.books()["taken"] if row["status"] == "succeeded"]
        return [(row["intent"], Decimal(row["amount"]) / 100) for row in rows]

    def posts(self) -> list[tuple[str, str]]:
        """(path, key) of every POST heard."""
        return [(row["path"], row["key"]) for row in self.books()["requests"] if row["method"] == "POST"]

    def _ask(self, path: str, body: bytes | None = None) -> Any:
        with urllib.request.urlopen(self.address + path, body, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def running(books: Path, *options: str) -> Iterator[StripeProcessor]:
    """Start it with books in this file, and end it."""
    command = [sys.executable, "-m", "payments.processor", "--books", str(books), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield StripeProcessor(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.kill()
