"""Whose money is it? A bank line scored against the customers it could be of, in points that add up to 100 at most.

docs/bank.md shows the points to finance staff; keep both alike.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from rapidfuzz import fuzz

from payments.rules.creditor_reference import OF_CUSTOMER
from payments.rules.remittance import Remittance, loosened, squeezed

SURE = 90  # posted by itself, if the reference is unambiguous and the amount exact
LIKELY = 40  # reminders wait for a person's look
LEAD = 15  # the best match must be this much better than the next
SUGGESTED = 3

BY_REFERENCE, AS_WRITTEN, LOOSELY, SHORT = 90, 60, 45, 30
CUSTOMER_NUMBER = 25
KNOWN_ACCOUNT = 40
SAME_NAME, SIMILAR_NAME = 15, 8
NAMED_EXACTLY, EXACTLY, EXACT_SUM, NAMED_PART, NAMED_MORE = 35, 25, 20, 15, 10

SAME_FROM, SIMILAR_FROM = 90, 75  # similarity of names, of 100
SHORTEST_NUMBER, FEWEST_DIGITS = 5, 3  # a shorter number may stand in a text by chance
SHORTEST_CUSTOMER_NUMBER = 3
COMBINED = 20  # oldest invoices among which two or three are tried together
LEGAL_FORMS = frozenset(
    "gmbh ag kg ohg ug eg ev se mbh co inc llc ltd limited plc corp company sa sas sarl sl srl spa bv nv ab as oy aps"
    " and und et y".split()
)
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Money:
    """A credit that waits. `remittance` is what the payer wrote, read for numbers."""

    amount: Decimal
    currency: str
    booked_on: date
    payer_name: str
    remittance: Remittance


@dataclass(frozen=True, slots=True)
class Debt:
    """An invoice; with a balance of 0 or less it is settled since not long ago."""

    id: int
    number: str
    due_on: date
    currency: str
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer the money could be of. `account_known`: earlier money of theirs came from this very account."""

    customer_id: int
    number: str
    name: str
    account_known: bool
    debts: tuple[Debt, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """`invoice_ids`: what to settle with it, none: the oldest.

    `is_exact`: a full number and exactly its amount. `is_printed`: the RF reference of the customer or of an open
    invoice, as our page and letters give it.
    """

    customer_id: int
    invoice_ids: tuple[int, ...]
    score: int
    why: str
    names_invoice: bool = False
    is_exact: bool = False
    is_printed: bool = False


def matches(money: Money, candidates: Iterable[Candidate]) -> list[Match]:
    """The candidates that have anything to do with the money, best first, whatever order they come in."""
    scored = (_match(money, candidate) for candidate in candidates)
    return sorted((m for m in scored if m.score > 0), key=lambda match: (-match.score, match.customer_id))


def sure(found: Sequence[Match]) -> Match | None:
    """The match to post without a person (`found` as `matches` gives it), if there is one.

    It needs SURE points, a lead over all others, and no other customer's invoice in the text; moreover an RF reference
    with any amount, or a full invoice number with exactly the amount open.
    """
    if not found:
        return None
    best, *others = found
    alone = all(other.score <= best.score - LEAD and not other.names_invoice for other in others)
    return best if best.score >= SURE and (best.is_exact or best.is_printed) and alone else None


def likely(found: Sequence[Match]) -> list[Match]:
    """The matches good enough to leave these customers alone until a person has looked."""
    return [match for match in found if match.score >= LIKELY]


def _match(money: Money, candidate: Candidate) -> Match:
    named = _named(money.remittance, candidate)
    reference = max((points for points, _ in named), default=0)
    debts = [debt for _, debt in named]
    by_customer = _customer_reference(money, candidate)
    amount, invoice_ids, about_amount = _amount(money, candidate, debts)
    clues = [
        (reference, _numbers(debts)),
        (by_customer, f"reference of customer {candidate.number} in the text"),
        (_customer_number(money, candidate), f"customer number {candidate.number} in the text"),
        (amount, about_amount),
        (KNOWN_ACCOUNT if candidate.account_known else 0, "account known from earlier money"),
        alike(money.payer_name, candidate.name),
    ]
    full = reference > SHORT
    return Match(
        customer_id=candidate.customer_id,
        invoice_ids=invoice_ids,
        score=min(100, sum(points for points, _ in clues)),
        why="; ".join(words for points, words in clues if points),
        names_invoice=full or bool(by_customer),
        is_printed=_is_printed(money, candidate, named, bool(by_customer)),
        is_exact=full and amount == NAMED_EXACTLY and all(points > SHORT for points, _ in named),
    )


def _named(remittance: Remittance, candidate: Candidate) -> list[tuple[int, Debt]]:
    """The customer's invoices that the text names, with the points for how; oldest first."""
    found = ((_spelled(remittance, debt.number), debt) for debt in candidate.debts)
    return sorted((pair for pair in found if pair[0]), key=lambda pair: (pair[1].due_on, pair[1].id))


def _spelled(remittance: Remittance, number: str) -> int:
    plain = squeezed(number)
    if not plain:
        return 0
    if plain in remittance.by_reference:
        return BY_REFERENCE
    is_long = len(plain) >= SHORTEST_NUMBER and sum(c.isdigit() for c in plain) >= FEWEST_DIGITS
    if plain in remittance.written:
        return AS_WRITTEN if is_long else SHORT
    return LOOSELY if is_long and loosened(number) in remittance.loosened else 0


def _numbers(debts: Sequence[Debt]) -> str:
    numbers = [f"{debt.number}{'' if debt.balance > 0 else ' (settled already)'}" for debt in debts]
    return f"{'invoice' if len(numbers) == 1 else 'invoices'} {', '.join(numbers[:5])} in the text"


def _customer_number(money: Money, candidate: Candidate) -> int:
    plain = squeezed(candidate.number)
    return CUSTOMER_NUMBER if len(plain) >= SHORTEST_CUSTOMER_NUMBER and plain in money.remittance.written else 0


def _customer_reference(money: Money, candidate: Candidate) -> int:
    plain = squeezed(candidate.number)
    return BY_REFERENCE if plain and OF_CUSTOMER + plain in money.remittance.by_reference else 0


def _is_printed(money: Money, candidate: Candidate, named: Sequence[tuple[int, Debt]], by_customer: bool) -> bool:
    """Only while there is something to settle with it: money for what is settled already is a person's matter."""
    meant = [debt for points, debt in named if points == BY_REFERENCE]
    owing = [debt for debt in candidate.debts if debt.currency == money.currency and debt.balance > 0]
    return all(debt in owing for debt in meant) if meant else by_customer and bool(owing)


def _amount(money: Money, candidate: Candidate, named: Sequence[Debt]) -> tuple[int, tuple[int, ...], str]:
    """(points, invoices, words) for how the amount fits what the customer owes in this currency."""
    debts = sorted(
        (debt for debt in candidate.debts if debt.currency == money.currency and debt.balance > 0),
        key=lambda debt: (debt.due_on, debt.id),
    )
    meant = [debt for debt in named if debt in debts]
    if meant and _sum(meant) == money.amount:
        return NAMED_EXACTLY, _ids(meant), "exactly what is open of it"
    for points, chosen, words in _sums(money, debts):
        if set(meant) <= set(chosen) and _sum(chosen) == money.amount:
            return points, _ids(chosen), words
    if meant:
        is_part = money.amount < _sum(meant)
        return (NAMED_PART, _ids(meant), "a part of it") if is_part else (NAMED_MORE, _ids(meant), "more than is open")
    return 0, (), ""


def _sums(money: Money, debts: Sequence[Debt]) -> Iterator[tuple[int, Sequence[Debt], str]]:
    for debt in debts:
        yield EXACTLY, [debt], f"exactly what is open of invoice {debt.number}"
    yield EXACTLY, [debt for debt in debts if debt.due_on < money.booked_on], "exactly all that is overdue"
    yield EXACTLY, debts, "exactly all that is open"
    for count in range(2, len(debts)):
        yield EXACT_SUM, debts[:count], f"exactly the oldest {count} invoices"
    for count in (2, 3):
        for chosen in combinations(debts[:COMBINED], count):
            yield EXACT_SUM, chosen, f"exactly the sum of {count} invoices"


def _sum(debts: Sequence[Debt]) -> Decimal:
    return sum((debt.balance for debt in debts), Decimal(0))


def _ids(debts: Sequence[Debt]) -> tuple[int, ...]:
    return tuple(debt.id for debt in debts)


def alike(payer: str, customer: str) -> tuple[int, str]:
    """(points, words) for how a payer's name fits a customer's."""
    if not payer or not customer:
        return 0, ""
    likeness = fuzz.token_sort_ratio(name_words(payer), name_words(customer))
    if likeness >= SAME_FROM:
        return SAME_NAME, "the payer has the customer's name"
    return (SIMILAR_NAME, "the payer's name is similar") if likeness >= SIMILAR_FROM else (0, "")


@lru_cache(maxsize=8192)
def name_words(name: str) -> str:
    """A name as it is compared: no case, accents, punctuation or legal form."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(UMLAUTS))
    words = re.findall(r"\w+", "".join(c for c in decomposed if not unicodedata.combining(c)))
    return " ".join(word for word in words if word not in LEGAL_FORMS)
