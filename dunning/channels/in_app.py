"""Notices in the customer's own app: kept until the app's page asks for them (dunning/in_app.py)."""

from datetime import timedelta
from typing import ClassVar

from dunning.channels.base import Channel, Message, Receipt
from dunning.models import InAppNotice
from dunning.rules.letter import clean
from dunning.rules.words import Tone


class InAppChannel(Channel):
    """`Message.to` is the customer's number. The app draws the notice: it has words, and no page of its own."""

    honours_keys: ClassVar[bool] = True
    key_lifetime: ClassVar[timedelta] = timedelta.max
    can_look_up: ClassVar[bool] = True

    def send(self, message: Message) -> Receipt:
        told = {
            "customer_number": message.to,
            "title": clean(message.subject, 300),
            "text": message.text,
            "language": message.language,
            "tone": int(message.metadata.get("tone", Tone.FRIENDLY)),
        }
        InAppNotice.objects.get_or_create(key=message.key, defaults=told)
        return Receipt(message.key)

    def look_up(self, key: str) -> Receipt | None:
        return Receipt(key) if InAppNotice.objects.filter(key=key).exists() else None
