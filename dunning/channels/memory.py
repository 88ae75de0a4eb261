"""A channel that delivers into a list: for rehearsals and tests, where nothing may leave the house."""

from typing import ClassVar

from dunning.channels.base import Channel, Message, Receipt


class MemoryChannel(Channel):
    """Keeps every message in `outbox`, one list for the whole process."""

    can_look_up = True
    outbox: ClassVar[list[Message]] = []

    def send(self, message: Message) -> Receipt:
        self.outbox.append(message)
        return Receipt(message.key)

    def look_up(self, key: str) -> Receipt | None:
        return Receipt(key) if any(message.key == key for message in self.outbox) else None
