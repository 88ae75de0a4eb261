"""Letters and stored cards side by side: which of the two comes first. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from dunning.rules.charging import Later
from dunning.rules.decisions import Send, Wait
from dunning.rules.facts import CaseFacts
from dunning.rules.habits import leaving_of
from dunning.rules.pace import pace_of
from dunning.rules.words import Rule

LETTER_WAITS_FOR_CARD = timedelta(days=1)


def beside(facts: CaseFacts, letter: Send | Wait, charging: Later) -> Send | Wait:
    """The letters' decision, with the card's next try beside it: whichever comes first is waited for.

    A letter waits for a try that comes within a day of it: it may not be needed, and if it is, it knows what happened.
    """
    skips, at = letter.skips + charging.skips, charging.at
    if isinstance(letter, Send):
        is_near = charging.is_sure and at and at < _planned_at(facts, letter) + LETTER_WAITS_FOR_CARD
        return _after_the_card(letter, charging, at) if at and is_near else replace(letter, skips=skips)
    if at is None or at >= letter.until:
        return replace(letter, skips=skips)
    if letter.delays:
        return replace(letter, until=at, skips=skips)
    return Wait(
        at,
        charging.why,
        attention=letter.attention,
        anchor_on=letter.anchor_on,
        skips=skips,
        letter_at=letter.next_letter_at,
        rule=Rule.CARD_NEXT,
        grounds=charging.grounds,
    )


def _after_the_card(letter: Send, charging: Later, at: datetime) -> Wait:
    return Wait(
        at,
        f"the card is tried before the letter: {charging.why}",
        letter.step,
        delays=True,
        anchor_on=letter.anchor_on,
        skips=charging.skips,
        rule=Rule.CARD_FIRST,
        grounds=charging.grounds,
    )


def _planned_at(facts: CaseFacts, letter: Send) -> datetime:
    return leaving_of(facts, pace_of(facts, letter.anchor_on), letter.step, letter.anchor_on).at
