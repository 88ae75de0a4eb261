"""Rule 13: short enough to be read on a telephone."""

from collections.abc import Iterator

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import Message
from dunning.rules.checking.readability import words_of
from dunning.rules.checking.standing import Standing
from dunning.rules.letter.sms import PLAIN, SmsTerms, as_sms
from dunning.rules.segments import segments
from dunning.rules.words import Tone

LONGEST_SUBJECT = 60
MOST_WORDS = 150
MOST_WORDS_OF_THE_LAST = 200
MOST_WORDS_IN_THE_APP = 60  # a box on a page where somebody came to do something else
MOST_PIECES = 2  # of a text message: the personal link alone fills half of one


def is_short(message: Message, standing: Standing) -> Iterator[Remark]:
    if standing.is_text_message:
        yield from _in_few_pieces(message)
        return
    subject = message.subject
    if len(subject.says) > LONGEST_SUBJECT:
        reason = f"{len(subject.says)} characters; telephones show {LONGEST_SUBJECT}."
        yield subject.remark(reason, "Say only whom it is from and one thing.", subject.says)
    count = sum(len(words_of(line.says)) for line in message.prose)
    most = _most_words(standing)
    if count > most:
        yield Remark(f"{count} words; {most} are enough.", "Leave out what the customer's page says anyway.")


def _most_words(standing: Standing) -> int:
    if standing.is_short:
        return MOST_WORDS_IN_THE_APP
    return MOST_WORDS_OF_THE_LAST if standing.is_last or standing.tone is Tone.FORMAL else MOST_WORDS


def _in_few_pieces(message: Message) -> Iterator[Remark]:
    told = "\n".join(line.says for line in message.body).strip()
    pieces = segments(as_sms(told.translate(PLAIN), SmsTerms().link))
    if pieces.count > MOST_PIECES:
        most = "153 characters" if pieces.is_gsm else "67 characters, because of a letter outside the old alphabet"
        reason = f"It goes in {pieces.count} pieces, and each is paid for."
        yield Remark(reason, f"A piece holds {most}; this has {pieces.length}.")
