"""Is a text kind and clear? Twenty-two rules, a reading grade and a tone meter, for four languages.

A text is judged as its reader gets it, with samples filled in, and by where it stands in its campaign. Pure: no clock,
no I/O, no Django. docs/texts.md lists the rules.
"""

from dunning.rules.checking.finding import Finding, Part, Remark, Severity
from dunning.rules.checking.judgement import Judgement, judge
from dunning.rules.checking.message import Message, read
from dunning.rules.checking.reading import reading_grade
from dunning.rules.checking.rulebook import RULES, check_message, check_text_of
from dunning.rules.checking.standing import Neighbour, Standing, standing_of
from dunning.rules.checking.tone import LEVEL_BEGINS, ToneReading, measure

__all__ = [
    "LEVEL_BEGINS",
    "Judgement",
    "judge",
    "RULES",
    "Finding",
    "Message",
    "Neighbour",
    "Part",
    "Remark",
    "Severity",
    "Standing",
    "ToneReading",
    "check_message",
    "check_text_of",
    "measure",
    "read",
    "reading_grade",
    "standing_of",
]
