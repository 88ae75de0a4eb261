"""One entry of a bank statement as plain facts, and the key under which it is stored once ever."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from customers.rules.money import MINOR_UNITS, fits

LARGEST_FILE = 20 * 1024 * 1024  # bytes; a year of a busy account is smaller
LONGEST_TEXT = 2000
LARGEST_AMOUNT = Decimal(10) ** 14
NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "NOREF", "NOTAVAILABLE", "UNKNOWN"})


# What banks write where they have no code for it.
RETURNED = re.compile(
    r"r(ü|ue)ck(lastschrift|(ü|ue)berweisung|gabe|buchung|ruf)|\bretoure\b|\bstorno|\breturned\b|\breturn of\b"
    r"|\brevers(al|ed)\b|\bchargeback\b|\bunpaid\b|\brejet\b|\bimpay(é|e)|\bdevoluci(ó|o)n\b|\bdevuelt[ao]\b",
    re.IGNORECASE,
)


class BankFileRefusal(ValueError):
    """The file cannot be taken; nothing of it went in. The message names line or entry, field and remedy."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement on our account. `amount` is signed: credits are above 0, debits below. `raw` is the bank's text."""

    booked_on: date
    amount: Decimal
    currency: str
    value_on: date | None = None
    payer_name: str = ""
    payer_account: str = ""
    reference: str = ""  # what the payer gave: end-to-end id or creditor reference
    text: str = ""  # the remittance text
    bank_reference: str = ""
    raw: str = ""
    is_return: bool = False  # by the bank's own code: it takes an earlier entry back, or gives it back


def is_return(entry: Entry) -> bool:
    """Whether the bank says, in code or in words, that the entry takes back or gives back an earlier one."""
    return entry.is_return or bool(RETURNED.search(f"{entry.text} {entry.raw}" if entry.amount < 0 else ""))


@dataclass(frozen=True, slots=True)
class Statement:
    """The entries of one account for one span of time, as the bank lists them: no entry stands in it twice."""

    account: str
    entries: tuple[Entry, ...]


def checked(entry: Entry, where: str) -> Entry:
    """The entry as it may be stored. Raises BankFileRefusal; `where` names the entry for people."""
    if entry.currency not in MINOR_UNITS:
        raise BankFileRefusal(
            f"{where}, currency: “{entry.currency[:20]}” is no ISO 4217 code in use. Write one like EUR."
        )
    if not entry.amount.is_finite() or abs(entry.amount) >= LARGEST_AMOUNT or not fits(entry.amount, entry.currency):
        raise BankFileRefusal(
            f"{where}, amount: {str(entry.amount)[:30]} cannot be an amount in {entry.currency}. Check its decimals."
        )
    return entry


def one_line(text: str | None, longest: int = LONGEST_TEXT) -> str:
    """Text of a bank on one line, without what cannot be seen, cut at `longest` characters."""
    seen = "".join(c if c.isprintable() else " " for c in text or "")
    return " ".join(seen.split())[:longest].rstrip()


def account_key(account: str) -> str:
    """An account without spaces and in capitals, so that one account has one spelling."""
    return re.sub(r"\s", "", account).upper()


def keys_of(entries: Sequence[Entry]) -> list[str]:
    """The key of each entry of one statement, the same in every statement and file that holds the entry.

    It is made of the bank's own reference with day and amount, or of all facts where the bank gives none; entries
    alike in one statement are told apart by their order.
    """
    seen: Counter[str] = Counter()
    keys = []
    for entry in entries:
        facts = _facts(entry)
        keys.append(f"{facts}-{seen[facts]}" if seen[facts] else facts)
        seen[facts] += 1
    return keys


def _facts(entry: Entry) -> str:
    parts = [entry.booked_on.isoformat(), format(entry.amount.normalize(), "f"), entry.currency]
    reference = account_key(entry.bank_reference)
    if reference in NO_REFERENCE:
        parts += map(_squeezed, (entry.payer_name, entry.payer_account, entry.reference, entry.text))
    else:
        parts.append(reference)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def _squeezed(text: str) -> str:
    """Banks break lines differently in different files."""
    return re.sub(r"\s", "", text).casefold()
