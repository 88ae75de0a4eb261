"""Everything the desk shows beside a text: findings, how it reads, and where its tone stands among its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass

from dunning.rules.campaign_steps import Text
from dunning.rules.checking.finding import Finding, Severity
from dunning.rules.checking.message import read
from dunning.rules.checking.readability import is_easy
from dunning.rules.checking.reading import reading_grade
from dunning.rules.checking.rulebook import check_text_of, in_order
from dunning.rules.checking.standing import Neighbour, Standing
from dunning.rules.checking.tone import ToneReading, measure
from dunning.rules.words import Tone


@dataclass(frozen=True, slots=True)
class Beside:
    """The measured tone of a neighbouring step's text."""

    name: str
    score: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """`declared`: the tones of the steps that use the text. `grade`: None where the text is too short for one."""

    findings: tuple[Finding, ...]
    tone: ToneReading | None
    declared: tuple[Tone, ...]
    beside: tuple[Beside, ...]
    grade: float | None
    reads_easily: bool
    language: str

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def in_numbers(self) -> str:
        """ "1 error, 2 warnings"; "nothing to mend"."""
        counts = ((self.count(severity), severity.name.lower()) for severity in Severity)
        told = [f"{count} {name}{'s' if count > 1 else ''}" for count, name in counts if count]
        return ", ".join(told) or "nothing to mend"


def judge(text: Text, language: str, standings: Sequence[Standing]) -> Judgement:
    """The text in every place where it stands; a finding that several places share is told once."""
    standings = standings or (Standing(number=1),)
    first = standings[0]
    message = read(
        text.subject, text.body, language=language, next_in_days=first.next_in_days, foretells=first.foretells
    )
    found = [check_text_of(text, language, standing, Severity.HINT) for standing in standings]
    neighbours = dict.fromkeys(n for standing in standings for n in (standing.before, standing.after) if n)
    grade = reading_grade(message)
    return Judgement(
        findings=tuple(in_order(dict.fromkeys(finding for some in found for finding in some))),
        tone=measure(message),
        declared=tuple(dict.fromkeys(standing.tone for standing in standings if standing.tone)),
        beside=tuple(beside for neighbour in neighbours if (beside := _beside(neighbour, language))),
        grade=grade,
        reads_easily=grade is None or is_easy(grade, language),
        language=language,
    )


def _beside(neighbour: Neighbour, language: str) -> Beside | None:
    reading = measure(read(neighbour.text.subject, neighbour.text.body, language=language))
    return Beside(neighbour.name, reading.score) if reading else None
