"""Rules 4, 5, 20 and 22: threats, private causes, offers in disguise and made-up figures about other people."""

import re
from collections.abc import Iterator, Mapping

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import Message
from dunning.rules.checking.standing import Standing
from dunning.rules.checking.wording import pattern, wording_of
from dunning.rules.words import MessageClass


def has_no_threat(message: Message, standing: Standing) -> Iterator[Remark]:
    """No threat at all; legal steps only where the text is set to announce them and a step takes them."""
    wording = wording_of(message.language)
    yield from _found(message, wording.threats, "This is a threat, and nothing here does it.")
    if not standing.may_speak_of_law:
        reason = "This speaks of legal steps, and the campaign neither announces nor takes any."
        yield from _found(message, wording.law, reason)


def names_no_private_cause(message: Message, standing: Standing) -> Iterator[Remark]:
    """Why a bank refused stays between the bank and its customer."""
    reason = "This names a cause that may hurt, or warn a thief: theft, loss, fraud, a list, a score."
    yield from _found(message, wording_of(message.language).causes, reason)


def has_no_offer(message: Message, standing: Standing) -> Iterator[Remark]:
    """An offer makes the whole message advertising, which needs consent and a way to unsubscribe."""
    if standing.message_class is not MessageClass.PROMOTIONAL:
        offers = {wording_of(message.language).offers: "Write about the offer in a letter of its own."}
        yield from _found(message, offers, "An offer makes a reminder advertising, with other rules.")


def quotes_true_figures(message: Message, standing: Standing) -> Iterator[Remark]:
    """What most others do may be said only with a figure that was computed."""
    for line, sentence, match in message.sentences_saying(pattern(wording_of(message.language).norms)):
        if not standing.norm or standing.norm not in sentence:
            better = f"Say it with the computed figure, {standing.norm}." if standing.norm else "Take the sentence out."
            yield line.remark("What other people do is said without a computed figure.", better, match[0])


def _found(message: Message, avoided: Mapping[str, str], reason: str) -> Iterator[Remark]:
    for words, better in avoided.items():
        yield from _each(message, pattern(words), reason, better or "Leave it out.")


def _each(message: Message, words: re.Pattern[str], reason: str, better: str) -> Iterator[Remark]:
    for line, _, match in message.sentences_saying(words):
        yield line.remark(reason, better, match[0])
