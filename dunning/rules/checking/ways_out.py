"""Rules 9 and 10: a word for those who have paid, a person who answers, and a way for those who cannot pay."""

from collections.abc import Iterator

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import Message
from dunning.rules.checking.standing import Standing
from dunning.rules.checking.wording import pattern, wording_of


def thanks_those_who_paid(message: Message, standing: Standing) -> Iterator[Remark]:
    wording = wording_of(message.language)
    if standing.asks and not standing.is_short and not _says(message, wording.already_paid):
        yield Remark("Nothing for somebody who has paid already.", wording.suggest("already_paid"))


def offers_help(message: Message, standing: Standing) -> Iterator[Remark]:
    """From the second reminder on also a later date or smaller payments."""
    wording = wording_of(message.language)
    if not standing.asks or standing.is_short:
        return
    if not _says(message, wording.reply) and "contact_email" not in message.fields:
        yield Remark("It does not say how to reach a person.", wording.suggest("reply"))
    if standing.number > 1 and not _says(message, wording.cannot_pay):
        yield Remark("Nothing for somebody who cannot pay it all now.", wording.suggest("cannot_pay"))


def _says(message: Message, words: str) -> bool:
    """True also where nobody has written down the words of this language."""
    return not words or any(pattern(words).search(line.says) for line in message.prose)
