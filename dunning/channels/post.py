"""Letters by post: set as a PDF and kept as they will be printed. A person prints and posts them, in print runs."""

import hashlib
from datetime import timedelta
from typing import ClassVar

from django.db import IntegrityError, transaction

from dunning.channels.base import Channel, Message, Receipt, Refused
from dunning.channels.typesetting import MissingGlyphs, NotReady, Typeset, typeset
from dunning.models import PaperLetter
from dunning.rules.letter import clean


class PostChannel(Channel):
    """`Message.html` is the page to be printed, `to` the lines of the address. The receipt is the file's SHA-256."""

    honours_keys: ClassVar[bool] = True
    key_lifetime: ClassVar[timedelta] = timedelta.max
    can_look_up: ClassVar[bool] = True

    def send(self, message: Message) -> Receipt:
        if kept := self.look_up(message.key):
            return kept
        try:
            document = typeset(message.html)
        except (NotReady, MissingGlyphs) as trouble:
            raise Refused(str(trouble), permanent=False) from trouble
        try:
            with transaction.atomic():
                letter = _kept(message, document)
        except IntegrityError:  # somebody else kept it meanwhile
            letter = PaperLetter.objects.only("sha256").get(key=message.key)
        return Receipt(letter.sha256)

    def look_up(self, key: str) -> Receipt | None:
        kept = PaperLetter.objects.filter(key=key).values_list("sha256", flat=True).first()
        return Receipt(kept) if kept else None


def _kept(message: Message, document: Typeset) -> PaperLetter:
    told = message.metadata
    return PaperLetter.objects.create(
        key=message.key,
        recipient=clean(message.to_name, 200),
        address=message.to,
        subject=clean(message.subject, 300),
        language=message.language,
        customer_number=told.get("customer_number", ""),
        country=told.get("country", ""),
        enclosure=told.get("enclosure", ""),
        pages=document.pages,
        pdf=document.pdf,
        sha256=hashlib.sha256(document.pdf).hexdigest(),
    )
