"""What the checker says of a text: which rule, where, why, and how to say it better."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """An error keeps a campaign from being published; a warning is shown; a hint is only advice."""

    ERROR = 3
    WARNING = 2
    HINT = 1


class Part(StrEnum):
    SUBJECT = "subject"
    BODY = "body"
    WHOLE = "whole text"


@dataclass(frozen=True, slots=True)
class Remark:
    """One place that breaks a rule. `line` counts the body's lines as they are typed, from 1; 0: no one line.

    `words` are those the remark is about, in the text's language like `better`; `reason` is for the desk.
    """

    reason: str
    better: str
    words: str = ""
    part: Part = Part.WHOLE
    line: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark with the rule behind it."""

    number: int
    name: str
    severity: Severity
    remark: Remark

    @property
    def place(self) -> str:
        """ "subject", "line 3", "whole text"."""
        return f"line {self.remark.line}" if self.remark.line else self.remark.part.value

    @property
    def kind(self) -> str:
        return self.severity.name.lower()

    def __str__(self) -> str:
        words = f" “{self.remark.words}”" if self.remark.words else ""
        return f"{self.place.capitalize()}{words}: {self.remark.reason}"
