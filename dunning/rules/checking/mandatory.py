"""Rule 8: what each class of message must carry by law or custom."""

import re
from collections.abc import Iterator

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import Message
from dunning.rules.checking.standing import Standing
from dunning.rules.checking.wording import pattern, wording_of
from dunning.rules.letter import clean
from dunning.rules.words import MessageClass

# Wet incassokosten (BW 6:96 lid 6): fourteen days from the day after receipt, and the exact cost that follows.
FOURTEEN_DAYS = re.compile(
    r"(?:14|veertien|fourteen|vierzehn|quatorze|catorce) (?:\w+ )?(?:dagen|days|Tage\w*|jours|días)", re.I
)
AMOUNT = re.compile(r"€\s?\d|\d\s?(?:€|EUR)")


def has_its_parts(message: Message, standing: Standing) -> Iterator[Remark]:
    """Who writes and from where; in a text message the brand and the stop word; the parts of its class."""
    if standing.is_text_message:
        yield from _of_a_text_message(message)
    elif not standing.is_short:  # an app says itself whose it is
        yield from _of_the_sender(message)
    if standing.message_class is MessageClass.PROMOTIONAL and not standing.has_unsubscribe:
        yield Remark(
            "Advertising needs a way to unsubscribe (List-Unsubscribe, RFC 8058).", "Send it with that header."
        )
    if standing.message_class is MessageClass.LEGAL_NOTICE and standing.country == "NL" and standing.is_for_consumers:
        yield from _of_a_dutch_notice(message)


def _of_the_sender(message: Message) -> Iterator[Remark]:
    """The footer has both by itself; without a footer somebody has to."""
    facts = message.facts
    address = [clean(line) for line in facts.company_address.splitlines() if line.strip()]
    if message.refusal:
        return
    if facts.company_name not in message.text or not all(line in message.text for line in address):
        yield Remark("It does not say who writes and from where.", "Set COMPANY_NAME and COMPANY_ADDRESS.")


def _of_a_text_message(message: Message) -> Iterator[Remark]:
    wording = wording_of(message.language)
    told = " ".join(line.says for line in message.prose)
    if message.facts.company_name not in told:
        yield Remark("A text message must say whom it comes from.", "Begin with {company_name}.")
    if wording.stop and not pattern(wording.stop).search(told):
        yield Remark("A text message must say how to stop them.", wording.suggest("stop"))


def _of_a_dutch_notice(message: Message) -> Iterator[Remark]:
    told = "\n".join(line.says for line in message.prose)
    if not FOURTEEN_DAYS.search(told) or not AMOUNT.search(told):
        better = "Name fourteen days from receipt, and the exact collection cost after them."
        yield Remark("A notice to a Dutch consumer needs the wording of the law (BW 6:96).", better)
