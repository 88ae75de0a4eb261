"""Finding numbers in what a payer wrote: with other separators, in small letters, without zeros, across line breaks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from payments.rules.creditor_reference import OF_CUSTOMER, references_in, without_references

RUN = re.compile(r"[A-Z]+|[0-9]+")
RUNS_TOGETHER = 8  # RE-2O26/03-0001 is seven runs of letters or digits
LONGEST_NUMBER = 40
LOOKS_ALIKE = str.maketrans("ILO", "110")  # as scanners and people mistake them


@dataclass(frozen=True, slots=True)
class Remittance:
    """Every number that could be meant: as written, loosened, and by RF reference. `keys` finds the candidates."""

    written: frozenset[str]
    loosened: frozenset[str]
    by_reference: frozenset[str]
    keys: frozenset[str]


def read_remittance(text: str) -> Remittance:
    """What `text` may name."""
    upper = text.upper()
    by_reference = frozenset(references_in(upper))
    plain = without_references(upper)
    written = frozenset("".join(window) for window in _windows(RUN.findall(plain)))
    numbers = written | by_reference | {body.removeprefix(OF_CUSTOMER) for body in by_reference}
    return Remittance(
        written=written,
        loosened=frozenset(_loosened(window) for window in _windows(_alike(plain))),
        by_reference=by_reference,
        keys=frozenset(number_key(number) for number in numbers) - {""},
    )


def _windows(runs: list[str]) -> Iterator[list[str]]:
    """Every few runs that stand together and could be a number."""
    for start in range(len(runs)):
        for end in range(start + 1, min(start + RUNS_TOGETHER, len(runs)) + 1):
            window = runs[start:end]
            if any(run.isdigit() for run in window) and sum(map(len, window)) <= LONGEST_NUMBER:
                yield window


def squeezed(number: str) -> str:
    """A number's letters and digits alone: R-2026/0001 is R20260001."""
    return "".join(RUN.findall(number.upper()))


def loosened(number: str) -> str:
    """The same without leading zeros of any part, and with look-alikes as one: R-2O26-0001 is R20261."""
    return _loosened(_alike(number.upper()))


def _alike(upper: str) -> list[str]:
    return RUN.findall(upper.translate(LOOKS_ALIKE))


def _loosened(runs: list[str]) -> str:
    return "".join(run.lstrip("0") or "0" if run.isdigit() else run for run in runs)


def number_key(number: str) -> str:
    """What all spellings of a number share: letters and digits without zeros. The database has the same as an index.

    It only finds candidates; different numbers may share it.
    """
    return squeezed(number).translate(LOOKS_ALIKE).replace("0", "")
