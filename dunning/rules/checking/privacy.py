"""Rule 19: what a lock screen shows tells strangers nothing."""

import re
from collections.abc import Iterator

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import Message
from dunning.rules.checking.standing import Standing
from dunning.rules.checking.wording import pattern, wording_of

NEUTRAL = "Name your company and nothing else: {company_name}."
AMOUNT = re.compile(r"[€$£¥]\s?\d[\d.,\s]*|\d[\d.,]*\s?(?:[€$£¥]|[A-Z]{3}\b)")


def keeps_the_debt_private(message: Message, standing: Standing) -> Iterator[Remark]:
    """The subject of a mail or notice, and the whole of a text message, to somebody who is not a business."""
    if not standing.is_for_consumers:
        return
    wording = wording_of(message.language)
    for line in message.lines if standing.is_text_message else [message.subject]:
        for words in (pattern(wording.debt), AMOUNT):
            for match in words.finditer(line.says):
                reason = "A lock screen would tell strangers that money is owed."
                yield line.remark(reason, wording.suggest("subject") or NEUTRAL, match[0].strip())
