"""Rules 3 and 7: what will happen and when, as the campaign really does it; no fee that no law allows."""

import re
from collections.abc import Iterator

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import Message
from dunning.rules.checking.readability import sentences_of
from dunning.rules.checking.standing import Standing
from dunning.rules.checking.wording import Wording, pattern, wording_of
from dunning.rules.formats import day
from dunning.rules.words import CONSEQUENCES

WORDS_BETWEEN = r"\s+(?:\S+\s+){0,2}$"
BY_HAND = ("A date typed by hand is wrong for everybody but one.", "Use {next_contact_on} or {oldest_due_on}.")
AMOUNT = re.compile(r"[€$£¥]\s?\d|\d\s?(?:[€$£¥%]|[A-Z]{3}\b)")


def says_what_is_next(message: Message, standing: Standing) -> Iterator[Remark]:
    """A reminder tells the next thing and its day; a consequence it tells really follows, after so many days."""
    wording = wording_of(message.language)
    if standing.asks and not standing.is_short and wording.next and not _tells_next(message, wording):
        better = wording.suggest("next_last" if standing.is_last else "next")
        yield Remark("It does not say what happens next, and when.", better)
    yield from _untrue_consequences(message, standing, wording)
    yield from _untrue_days(message, standing, wording)
    yield from _dates_by_hand(message)


def has_no_fee(message: Message, standing: Standing) -> Iterator[Remark]:
    """Fees and interest only where a law allows them, and then with the amount and the law's name."""
    wording = wording_of(message.language)
    for line, sentence, match in message.sentences_saying(pattern(wording.fees)):
        if _is_denied(sentence, match, wording):
            continue
        if not standing.fee_basis:
            yield line.remark("No law that is set up here allows this fee or interest.", "Take it out.", match[0])
        elif not AMOUNT.search(sentence) or standing.fee_basis not in line.says:
            better = f"Name the amount and the reason: {standing.fee_basis}."
            yield line.remark("A fee or interest needs its amount and what it rests on.", better, match[0])


def _tells_next(message: Message, wording: Wording) -> bool:
    facts = message.facts
    named = [re.escape(day(facts.next_contact_on, facts.locale))] if facts.next_contact_on else []
    when = re.compile("|".join([pattern(wording.when).pattern, *named]), re.IGNORECASE)
    following = pattern(wording.next)
    return any(following.search(line.says) and when.search(line.says) for line in message.prose)


def _untrue_consequences(message: Message, standing: Standing, wording: Wording) -> Iterator[Remark]:
    for consequence, words in wording.consequences.items():
        if standing.has_to_come(consequence):
            continue
        for line, sentence, match in message.sentences_saying(pattern(words)):
            if not _is_denied(sentence, match, wording):
                reason = f"It announces {CONSEQUENCES[consequence]}, and no later step of the campaign does that."
                yield line.remark(reason, wording.suggest("next_last" if standing.is_last else "next"), match[0])


def _untrue_days(message: Message, standing: Standing, wording: Wording) -> Iterator[Remark]:
    """ "In 5 days" is measured against the schedule: the next letter, and whatever the sentence announces."""
    true = {standing.next_in_days, *(days for _, days in standing.follows)}
    for line, _, match in message.sentences_saying(pattern(wording.days_from_now)):
        days = int(match[1]) * (7 if match[2] else 1)
        if match[0] in line.own and days not in true:
            better = "Use {next_contact_on}." if not standing.is_last else "Take the number out."
            yield line.remark("Nothing in the campaign happens after that many days.", better, match[0])


def _dates_by_hand(message: Message) -> Iterator[Remark]:
    months = "|".join(re.escape(name) for name in message.facts.locale.months["format"]["wide"].values())
    by_hand = pattern(rf"\d{{1,2}}(?:\.|st|nd|rd|th|er)? (?:de |of )?(?:{months})|(?:{months}) \d{{1,2}}")
    for line in message.lines:
        for sentence in sentences_of(line.own):
            for match in by_hand.finditer(sentence):
                yield line.remark(*BY_HAND, match[0])


def _is_denied(sentence: str, match: re.Match[str], wording: Wording) -> bool:
    """Whether the sentence says that this does *not* happen: "no fee", "keine Gebühr"."""
    return bool(
        wording.not_before
        and re.search(rf"(?<!\w){wording.not_before}{WORDS_BETWEEN}", sentence[: match.start()], re.IGNORECASE)
    )
