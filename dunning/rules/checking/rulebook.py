"""The twenty-two rules in the order of their numbers, and the one function that asks them all."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from dunning.rules.campaign_steps import Text
from dunning.rules.checking.announcements import has_no_fee, says_what_is_next
from dunning.rules.checking.contents import leaves_no_holes, tells_all
from dunning.rules.checking.finding import Finding, Part, Remark, Severity
from dunning.rules.checking.forbidden import (
    has_no_offer,
    has_no_threat,
    names_no_private_cause,
    quotes_true_figures,
)
from dunning.rules.checking.length import is_short
from dunning.rules.checking.links_told import has_one_action
from dunning.rules.checking.mandatory import has_its_parts
from dunning.rules.checking.manners import blames_nobody, does_not_shout, is_courteous, speaks_plainly
from dunning.rules.checking.message import Message, read
from dunning.rules.checking.parts_alike import parts_say_the_same
from dunning.rules.checking.privacy import keeps_the_debt_private
from dunning.rules.checking.reading import keeps_sentences_short, reads_easily
from dunning.rules.checking.standing import Standing
from dunning.rules.checking.tone import fits_its_place
from dunning.rules.checking.ways_out import offers_help, thanks_those_who_paid

E, W, H = Severity.ERROR, Severity.WARNING, Severity.HINT


@dataclass(frozen=True, slots=True)
class Rule:
    """`breaks` gives every place that breaks the rule."""

    number: int
    name: str
    severity: Severity
    breaks: Callable[[Message, Standing], Iterator[Remark]]


RULES = (
    Rule(1, "What is open", E, tells_all),
    Rule(2, "One thing to do", E, has_one_action),
    Rule(3, "What happens next", E, says_what_is_next),
    Rule(4, "No threats", E, has_no_threat),
    Rule(5, "No private causes", E, names_no_private_cause),
    Rule(6, "No holes", E, leaves_no_holes),
    Rule(7, "No fee without a law", E, has_no_fee),
    Rule(8, "Mandatory parts", E, has_its_parts),
    Rule(9, "Already paid?", W, thanks_those_who_paid),
    Rule(10, "A way to get help", W, offers_help),
    Rule(11, "Easy to read", W, reads_easily),
    Rule(12, "Short sentences", W, keeps_sentences_short),
    Rule(13, "Short enough", W, is_short),
    Rule(14, "No shouting", W, does_not_shout),
    Rule(15, "No blame", W, blames_nobody),
    Rule(16, "Plain words", W, speaks_plainly),
    Rule(17, "Courtesy", H, is_courteous),
    Rule(18, "Tone that fits its place", W, fits_its_place),
    Rule(19, "Nothing for a lock screen", W, keeps_the_debt_private),
    Rule(20, "No offers", E, has_no_offer),
    Rule(21, "Both parts alike", W, parts_say_the_same),
    Rule(22, "True figures only", E, quotes_true_figures),
)
PARTS = (Part.SUBJECT, Part.BODY, Part.WHOLE)


def check_message(message: Message, standing: Standing, *, least: Severity = Severity.HINT) -> list[Finding]:
    """Everything that breaks a rule, in the order of reading; what concerns the whole text comes last.

    `least`: rules of less weight are not asked.
    """
    found = [
        Finding(rule.number, rule.name, rule.severity, remark)
        for rule in RULES
        if rule.severity >= least
        for remark in dict.fromkeys(rule.breaks(message, standing))
    ]
    return in_order(found)


def in_order(found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda f: (PARTS.index(f.remark.part), f.remark.line, -f.severity, f.number))


@lru_cache(maxsize=2048)
def check_text_of(text: Text, language: str, standing: Standing, least: Severity) -> tuple[Finding, ...]:
    """The same for a text as it is typed."""
    message = read(
        text.subject, text.body, language=language, next_in_days=standing.next_in_days, foretells=standing.foretells
    )
    return tuple(check_message(message, standing, least=least))
