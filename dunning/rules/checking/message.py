"""A text as a reader gets it: filled in with samples line by line, so that every finding knows the line as typed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dunning.rules.checking.finding import Part, Remark
from dunning.rules.checking.readability import sentences_of, words_of
from dunning.rules.checking.samples import MANY, URL, sample_facts
from dunning.rules.letter import (
    FIELDS,
    MEDIA,
    LetterFacts,
    TextRefusal,
    as_html,
    as_text,
    compile_text,
    compose,
)
from dunning.rules.letter.fields import NEED_AN_INVOICE

FIELD = re.compile(r"\{([^{}]*)\}")
FEWEST_WORDS = 6  # "Kind regards" is no sentence


@dataclass(frozen=True, slots=True)
class Line:
    """One line: as typed, and as it reads with one invoice and with many. Number 0 is the subject."""

    number: int
    typed: str
    says: str
    says_of_many: str
    is_block: bool = False

    @property
    def own(self) -> str:
        """What somebody wrote there: the values of fields left out."""
        return FIELD.sub(" ", self.typed)

    @property
    def sentences(self) -> list[str]:
        """Its sentences, greetings and signatures left out."""
        told = sentences_of(self.says)
        return [s for s in told if s.rstrip()[-1:] in ".?!:" or len(words_of(s)) >= FEWEST_WORDS]

    def remark(self, reason: str, better: str, words: str = "") -> Remark:
        part = Part.BODY if self.number else Part.SUBJECT
        return Remark(reason, better, words, part, self.number)


@dataclass(frozen=True, slots=True)
class Message:
    """A text with samples in it. `text` and `html` are what is sent, empty when `refusal` says that nothing can be."""

    language: str
    subject: Line
    body: tuple[Line, ...]
    facts: LetterFacts
    text: str = ""
    html: str = ""
    refusal: str = ""

    @property
    def prose(self) -> list[Line]:
        """The lines of the body that somebody wrote: no tables, no button, no gaps."""
        return [line for line in self.body if line.says.strip() and not line.is_block]

    @property
    def lines(self) -> list[Line]:
        """The subject and the prose, in the order of reading."""
        return [self.subject, *self.prose]

    @property
    def sentences(self) -> list[str]:
        return [sentence for line in self.prose for sentence in line.sentences]

    @property
    def fields(self) -> list[str]:
        return [name for line in (self.subject, *self.body) for name in FIELD.findall(line.typed)]

    def sentences_saying(self, pattern: re.Pattern[str]) -> Iterator[tuple[Line, str, re.Match[str]]]:
        """Every sentence of subject and prose with each match in it."""
        for line in self.lines:
            for sentence in sentences_of(line.says):
                for match in pattern.finditer(sentence):
                    yield line, sentence, match


def read(subject: str, body: str, *, language: str, next_in_days: int | None = 7, foretells: bool = False) -> Message:
    """The text in this language with samples filled in, also while it is half written.

    `next_in_days`: how long after this letter the next one goes; None when none does. `foretells`: it is about
    something foreseen, and nothing is owed.
    """
    facts = sample_facts(language, next_in_days=next_in_days, foretells=foretells)
    many = sample_facts(language, invoices=MANY, next_in_days=next_in_days, foretells=foretells)
    typed = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = tuple(_line(number, line, facts, many) for number, line in enumerate(typed, start=1))
    message = Message(language, _line(0, subject.strip(), facts, many), lines, facts)
    try:
        letter = compose(compile_text(subject, body), facts)
    except TextRefusal as refusal:
        return replace(message, refusal=str(refusal))
    return replace(message, text=as_text(letter.body, URL), html=as_html(letter.body, URL, language=language))


def _line(number: int, typed: str, facts: LetterFacts, many: LetterFacts) -> Line:
    if declared := MEDIA.fullmatch(typed.strip()):
        alt = declared[2].rpartition("|")[2].strip()
        return Line(number, alt, alt, alt)
    is_block = any(name in FIELDS and FIELDS[name].is_block for name in FIELD.findall(typed))
    return Line(number, typed, _filled(typed, facts), _filled(typed, many), is_block)


def _filled(typed: str, facts: LetterFacts) -> str:
    """Unknown fields stay as they are typed, and so do fields that need a value and have none."""

    def value(match: re.Match[str]) -> str:
        field = FIELDS.get(match[1])
        if field is None:
            return match[0]
        words = "" if match[1] in NEED_AN_INVOICE and not facts.lines else field.resolve(facts)
        return words or ("" if field.is_optional else match[0])

    return FIELD.sub(value, typed)
