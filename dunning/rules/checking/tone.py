"""The tone meter: from friendly (0) to formal (100), explained by the words it found; and rule 18, which uses it."""

from collections.abc import Iterator
from dataclasses import dataclass

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import Message, read
from dunning.rules.checking.standing import Neighbour, Standing
from dunning.rules.checking.wording import pattern, wording_of
from dunning.rules.words import Tone

MIDDLE = 40  # no word found
LEVEL_BEGINS = {Tone.FORMAL: 75, Tone.FIRM: 55, Tone.CLEAR: 35, Tone.FRIENDLY: 0}
COUNTED_TIMES = 2  # a word said ten times does not make it ten times as formal


@dataclass(frozen=True, slots=True)
class ToneReading:
    """`words`: what was found, and how far it moved the meter; the strongest first."""

    score: int
    words: tuple[tuple[str, int], ...]

    @property
    def level(self) -> Tone:
        return next(tone for tone, begins in LEVEL_BEGINS.items() if self.score >= begins)


def measure(message: Message) -> ToneReading | None:
    """The tone of subject and prose; None where nobody has written down the words of this language."""
    weights = wording_of(message.language).tone
    if not weights:
        return None
    told = "\n".join(line.says for line in message.lines)
    found = [
        (match[0].lower(), weight)
        for words, weight in weights.items()
        for match in list(pattern(words).finditer(told))[:COUNTED_TIMES]
    ]
    score = min(100, max(0, MIDDLE + sum(weight for _, weight in found)))
    return ToneReading(score, tuple(sorted(found, key=lambda pair: -abs(pair[1]))))


def fits_its_place(message: Message, standing: Standing) -> Iterator[Remark]:
    """Not milder than before and not a jump, by what is declared and what is measured; no text twice in a row."""
    reading = measure(message)
    if standing.tone is not None:
        yield from _declared(standing, standing.tone)
        if reading and abs(reading.level - standing.tone) > 1:
            reason = f"It reads {_name(reading.level)} ({reading.score} of 100); the step is {_name(standing.tone)}."
            yield Remark(reason, "Change these words, or the step's tone.", _moved_by(reading, standing.tone))
    if standing.before and _same(standing.before, message):
        yield Remark(f"The same text as in “{standing.before.name}”.", "Say it in other words, or leave the step out.")
    elif reading and standing.tone is not None:
        yield from _jumps(reading, message, standing)


def _declared(standing: Standing, tone: Tone) -> Iterator[Remark]:
    for first, second, other in (
        (standing.before and standing.before.tone, tone, standing.before),
        (tone, standing.after and standing.after.tone, standing.after),
    ):
        if first and second and other and not first <= second <= first + 1:
            change = "rises by more than one level" if second > first else "gets milder"
            yield Remark(f"Beside “{other.name}” the tone {change}.", "Choose a tone one level apart at most.")


def _jumps(reading: ToneReading, message: Message, standing: Standing) -> Iterator[Remark]:
    for other in (standing.before, standing.after):
        if other is None:
            continue
        beside = measure(read(other.text.subject, other.text.body, language=message.language))
        earlier, later = (beside, reading) if other is standing.before else (reading, beside)
        if earlier and later and not earlier.level - 1 <= later.level <= earlier.level + 2:
            reason = f"It reads {reading.score} of 100, and “{other.name}” {beside.score if beside else 0}."
            yield Remark(reason, "Bring the two closer together, a step at a time.", _moved_by(reading, other.tone))


def _moved_by(reading: ToneReading, towards: Tone) -> str:
    """The words that moved the meter away from there."""
    sign = 1 if reading.level > towards else -1
    return ", ".join(words for words, weight in reading.words if weight * sign > 0)


def _same(other: Neighbour, message: Message) -> bool:
    return other.text.body.split() == "\n".join(line.typed for line in message.body).split()


def _name(tone: Tone) -> str:
    return tone.name.lower()
