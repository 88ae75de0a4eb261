"""What could be done better, from half a year's figures: plain rules, each with its numbers. None acts by itself.

A rule speaks only where the whole 95 % interval (Wilson) says so, and where letters are concerned never about one that
law asks for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dunning.rules.experiments.outcome import rate_interval

LEAST_LETTERS = 100
HARDLY_ANY = 0.03  # recovered after it, at most
ANNOYS = 3  # customers who complained or wanted no more letters
LEAST_ANSWERS = 20
OFTEN_UNCLEAR = 0.3
LEAST_CALLS = 30
MOSTLY = 0.6
LEAST_TRIES = 50


class Kind(StrEnum):
    """What is suggested."""

    LEAVE_OUT = "leave_out"
    REWRITE = "rewrite"
    SPARE_CALL = "spare_call"
    OTHER_HOUR = "other_hour"


WORDS = {
    Kind.LEAVE_OUT: "leave a letter out",
    Kind.REWRITE: "write a text anew",
    Kind.SPARE_CALL: "spare a call",
    Kind.OTHER_HOUR: "charge at another hour",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of so many, with what they are."""

    what: str
    number: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies with 95 %."""
        return rate_interval(self.number, self.of)

    def __str__(self) -> str:
        low, high = self.interval
        share = self.number / self.of if self.of else 0
        return f"{self.number:,} of {self.of:,} {self.what}: {share:.1%} ({low:.1%} to {high:.1%})"


@dataclass(frozen=True, slots=True)
class LetterSeen:
    """A reminder step of a campaign's newest version. `paid`: after it and before the next, within a fortnight.

    `is_kept`: law asks for it, or it is the only one.
    """

    step_id: int
    step: str
    sent: int
    paid: int
    annoyed: int
    answers: int
    unclear: int
    is_kept: bool


@dataclass(frozen=True, slots=True)
class CallsSeen:
    """A call step and one segment: how many cases were settled before anybody called."""

    step_id: int
    step: str
    segment: str
    calls: int
    settled: int


@dataclass(frozen=True, slots=True)
class TriesSeen:
    """Charges without the customer in one hour of their day, under the campaign of a charge step."""

    step_id: int
    step: str
    hour: int
    tries: int
    succeeded: int


@dataclass(frozen=True, slots=True)
class Suggested:
    """`detail` tells two of the same kind and step apart."""

    kind: Kind
    says: str
    evidence: tuple[Counted, ...]
    step_id: int
    detail: str = ""


def suggestions(
    letters: Iterable[LetterSeen], calls: Iterable[CallsSeen], tries: Sequence[TriesSeen]
) -> list[Suggested]:
    """Everything that the figures say, in no order of merit."""
    return [*_about_letters(letters), *_about_calls(calls), *_about_tries(tries)]


def _about_letters(letters: Iterable[LetterSeen]) -> Iterator[Suggested]:
    for seen in letters:
        paid = Counted("letters were followed by payment", seen.paid, seen.sent)
        annoyed = Counted("led to a complaint, an opt-out or an unkind verdict", seen.annoyed, seen.sent)
        unclear = Counted("readers who answered found it unclear", seen.unclear, seen.answers)
        is_idle = seen.sent >= LEAST_LETTERS and paid.interval[1] < HARDLY_ANY and seen.annoyed >= ANNOYS
        if is_idle and not seen.is_kept:
            says = f"The {seen.step} recovers next to nothing and annoys. Leave it out."
            yield Suggested(Kind.LEAVE_OUT, says, (paid, annoyed), seen.step_id)
        if seen.answers >= LEAST_ANSWERS and unclear.interval[0] > OFTEN_UNCLEAR:
            says = f"Many do not understand the {seen.step}. Write its text anew."
            yield Suggested(Kind.REWRITE, says, (unclear,), seen.step_id)


def _about_calls(calls: Iterable[CallsSeen]) -> Iterator[Suggested]:
    for seen in calls:
        settled = Counted("were settled before anybody called", seen.settled, seen.calls)
        if seen.segment and seen.calls >= LEAST_CALLS and settled.interval[0] > MOSTLY:
            says = f"The segment “{seen.segment}” mostly pays without the {seen.step}. Spare it there."
            yield Suggested(Kind.SPARE_CALL, says, (settled,), seen.step_id, seen.segment)


def _about_tries(tries: Sequence[TriesSeen]) -> Iterator[Suggested]:
    for seen in tries:
        rest = [other for other in tries if other.step_id == seen.step_id and other.hour != seen.hour]
        hours = f"between {seen.hour}:00 and {seen.hour + 1}:00"
        here = Counted(f"tries {hours} of the customer's day succeeded", seen.succeeded, seen.tries)
        elsewhere = Counted(
            "tries at other hours succeeded", sum(r.succeeded for r in rest), sum(r.tries for r in rest)
        )
        is_enough = min(here.of, elsewhere.of) >= LEAST_TRIES
        if is_enough and here.interval[1] < elsewhere.interval[0]:
            says = f"Charges {hours} fail more often. From the {seen.step} on leave that hour out."
            yield Suggested(Kind.OTHER_HOUR, says, (here, elsewhere), seen.step_id, str(seen.hour))
