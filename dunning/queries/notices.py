"""The notice that news from outside is about."""

import re
from collections.abc import Iterable

from dunning.models import Notice

OUR_KEY = re.compile(r"\bnotice-(\d{1,18})\b")
HIGHEST_ID = 2**63 - 1


def notices_by_key(asked: Iterable[tuple[int, str, str, str]]) -> dict[int, Notice]:
    """The notice behind each (id of the asking row, channel, our notice's number, the message's id at the provider).

    The number that came back goes first, then our own key in the message's id, then the provider's. Two queries.
    """
    rows = [(pk, channel, _number(key, reference), reference.strip("<> ")) for pk, channel, key, reference in asked]
    light = Notice.objects.defer("body", "lines", "own_body")
    by_number = light.in_bulk({number for _, _, number, _ in rows if number})
    references = {reference for _, _, number, reference in rows if reference and number not in by_number}
    spelled = references | {f"<{reference}>" for reference in references}
    known = light.filter(provider_reference__in=spelled) if references else []
    by_reference = {(notice.channel, notice.provider_reference.strip("<> ")): notice for notice in known}
    found = ((pk, channel, by_number.get(key) or by_reference.get((channel, ref))) for pk, channel, key, ref in rows)
    return {pk: notice for pk, channel, notice in found if notice and notice.channel == channel}


def _number(key: str, reference: str) -> int:
    ours = OUR_KEY.search(reference)
    number = int(key) if key.isascii() and key.isdecimal() else int(ours[1]) if ours else 0
    return number if number <= HIGHEST_ID else 0
