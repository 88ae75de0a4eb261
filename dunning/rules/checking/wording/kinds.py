"""What a language needs for the checker: words to avoid, each with a better one, and words a kind letter has."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from dunning.rules.words import Consequence

Avoided = Mapping[str, str]  # a pattern of words → what to write instead; empty: leave it out
NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Wording:
    """Patterns match whole words, whatever their case. An empty one: this language has no such words, or nobody has
    written them; then the rule says nothing.
    """

    threats: Avoided = field(default_factory=dict)  # never, in no letter
    law: Avoided = field(default_factory=dict)  # only where legal steps are announced and follow
    consequences: Mapping[Consequence, str] = field(default_factory=dict)
    causes: Avoided = field(default_factory=dict)
    blame: Avoided = field(default_factory=dict)
    final_only: Avoided = field(default_factory=dict)  # fine in the last, formal letter
    jargon: Avoided = field(default_factory=dict)
    fees: str = ""
    offers: str = ""
    norms: str = ""
    debt: str = ""  # tells a lock screen that money is owed
    familiar: str = ""
    polite: str = ""
    already_paid: str = ""
    reply: str = ""
    cannot_pay: str = ""
    next: str = ""
    when: str = ""
    days_from_now: str = ""  # with the number as its first group, and "weeks" as its second where it is weeks
    not_before: str = ""  # a word that turns what follows into its opposite
    passive: str = ""
    bent_wrong: str = ""  # a word that does not fit its number
    stop: str = ""  # how to stop text messages
    tone: Mapping[str, int] = field(default_factory=dict)  # formal words weigh more than 0, friendly ones less
    suggestions: Mapping[str, str] = field(default_factory=dict)  # sentences to put in where one is missing

    def suggest(self, name: str) -> str:
        return self.suggestions.get(name, "")


@lru_cache(maxsize=2048)
def pattern(words: str) -> re.Pattern[str]:
    """These words as a pattern that matches them whole, in any case and with any apostrophe."""
    if not words:
        return NEVER
    typed = words.replace("’", "[’']")
    return re.compile(rf"(?<!\w)(?:{typed})(?!\w)", re.IGNORECASE)
