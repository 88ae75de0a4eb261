"""Rules 14 to 17: no shouting, no blame, no trade's words; please, thank you, and the reader's name."""

import re
from collections.abc import Iterator, Mapping

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import Message
from dunning.rules.checking.standing import Standing
from dunning.rules.checking.wording import pattern, wording_of
from dunning.rules.words import Tone

SHOUTED = re.compile(r"(?<!\w)[A-ZÄÖÜÀ-ÖØ-Þ]{2,}(?!\w)")
ACRONYMS = frozenset(
    "AG BAJA BIC BV CB CEO CIF CVC DE DNI ES ET EU EUR FAQ FR GB GBP GMBH IBAN ID II III IP IT IV IVA KG LLC LTD "
    "MWST NIF NL OK PDF PIN PLC PS QR SA SARL SAS SEPA SL SLU SMS SRL STOP SWIFT TAN TVA UID UK URL US USA USD UST "
    "VAT VISA".split()
)
ALARMS = re.compile(
    "[\u203c\u2049\u26a0\u26d4\u2757\u2755\U0001f198\U0001f4e2\U0001f514\U0001f6a8\U0001f6ab\U0001f6d1\U0001f534]"
)


def does_not_shout(message: Message, standing: Standing) -> Iterator[Remark]:
    marks = 0
    for line in message.lines:
        for match in SHOUTED.finditer(line.own):
            if match[0] not in ACRONYMS:
                yield line.remark("Words in capitals shout.", match[0].capitalize(), match[0])
        for match in ALARMS.finditer(line.own):
            yield line.remark("An alarm sign frightens.", "Leave it out.", match[0])
        marks += (count := line.own.count("!"))
        if count and marks > 1:
            yield line.remark("More than one exclamation mark shouts.", "Use a full stop.", "!")


def blames_nobody(message: Message, standing: Standing) -> Iterator[Remark]:
    wording = wording_of(message.language)
    yield from _avoided(message, wording.blame, "This sounds like blame.")
    if not (standing.is_last or standing.tone is Tone.FORMAL):
        yield from _avoided(message, wording.final_only, "This is for the last reminder; others follow.")


def speaks_plainly(message: Message, standing: Standing) -> Iterator[Remark]:
    yield from _avoided(message, wording_of(message.language).jargon, "Not everybody knows this word.")


def is_courteous(message: Message, standing: Standing) -> Iterator[Remark]:
    wording = wording_of(message.language)
    told = " ".join(line.says for line in message.prose)
    if wording.polite and not pattern(wording.polite).search(told):
        yield Remark("There is no please and no thank you.", wording.suggest("polite"))
    if wording.polite and not standing.is_short and "customer_name" not in message.fields:
        yield Remark("Nobody is greeted by name.", wording.suggest("greeting"))
    for line, _, match in message.sentences_saying(pattern(wording.familiar)):
        yield line.remark("This is more familiar than a company should be.", "Leave it out.", match[0])


def _avoided(message: Message, avoided: Mapping[str, str], reason: str) -> Iterator[Remark]:
    for words, better in avoided.items():
        for line, _, match in message.sentences_saying(pattern(words)):
            yield line.remark(reason, better or "Leave it out.", match[0])
