"""Claims for late payment that still ask for money, as letters and the customer's page tell of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from payments.rules.claims import ClaimKind


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """What is left of a claim; of interest that still runs, what it came to on the day somebody asked.

    `law` names the law and nothing else of its source.
    """

    invoice_id: int
    number: str
    kind: ClaimKind
    amount: Decimal
    currency: str
    since: date
    law: str
    is_running: bool = False


@dataclass(frozen=True, slots=True)
class ClaimSum:
    """Claims of one kind, law and currency, told in one line; `numbers` are those of their invoices."""

    kind: ClaimKind
    amount: Decimal
    currency: str
    since: date
    law: str
    numbers: tuple[str, ...]
    is_running: bool


def law_named(source: str) -> str:
    """The law itself out of a row's source, which goes on after a colon with what it says: "§ 288 (5) BGB: 40 EUR"."""
    return source.partition(": ")[0]


def summed(claims: Iterable[OpenClaim]) -> list[ClaimSum]:
    """One line for each kind, law and currency, the oldest first."""
    alike: dict[tuple[ClaimKind, str, str, bool], list[OpenClaim]] = {}
    for claim in sorted(claims, key=lambda claim: (claim.since, claim.invoice_id)):
        alike.setdefault((claim.kind, claim.law, claim.currency, claim.is_running), []).append(claim)
    return [
        ClaimSum(
            kind,
            sum((claim.amount for claim in found), Decimal(0)),
            currency,
            found[0].since,
            law,
            tuple(claim.number for claim in found),
            is_running,
        )
        for (kind, law, currency, is_running), found in alike.items()
    ]
