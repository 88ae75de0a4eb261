"""Finding numbers in what a payer wrote: with other separators, in small letters, without zeros, across line breaks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from payments.rules.creditor_reference import references_in

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
    runs = RUN.findall(upper)
    windows = [window for window in _windows(runs) if any(run.isdigit() for run in window)]
    written = frozenset("".join(window) for window in windows)
    return Remittance(
        written=frozenset(number for number in written if len(number) <= LONGEST_NUMBER),
        loosened=frozenset(_loosened(window) for window in windows),
        by_reference=frozenset(references_in(upper)),
        keys=frozenset(key for number in written if len(key := number_key(number)) > 1),
    )


def _windows(runs: list[str]) -> Iterator[list[str]]:
    for start in range(len(runs)):
        for end in range(start + 1, min(start + RUNS_TOGETHER, len(runs)) + 1):
            yield runs[start:end]


def squeezed(number: str) -> str:
    """A number's letters and digits alone: R-2026/0001 is R20260001."""
    return "".join(RUN.findall(number.upper()))


def loosened(number: str) -> str:
    """The same without leading zeros of any part, and with look-alikes as one: R-2O26-0001 is R20261."""
    return _loosened(RUN.findall(number.upper()))


def _loosened(runs: list[str]) -> str:
    parts = RUN.findall("-".join(runs).translate(LOOKS_ALIKE))
    return "".join(part.lstrip("0") if part.isdigit() else part for part in parts)


def number_key(number: str) -> str:
    """What all spellings of a number share: letters and digits without zeros. The database has the same as an index.

    It only finds candidates; different numbers may share it.
    """
    return squeezed(number).translate(LOOKS_ALIKE).replace("0", "")
