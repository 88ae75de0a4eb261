"""A mail provider of the tests' own, with books of its own: a journal file that survives every kill of ours.

`kind`: "plain" tells nothing afterwards, "keys" honours our key, "look_up" can be asked by it.
"""

import json
import os
from datetime import timedelta
from pathlib import Path

from dunning.channels.base import Channel, Message, Receipt, Refused


class Provider(Channel):
    def __init__(self, journal: str) -> None:
        self.journal = Path(journal)

    def send(self, message: Message) -> Receipt:
        accepted = self.accepted()
        if self.honours_keys and message.key in {entry["key"] for entry in accepted}:
            first = next(entry for entry in accepted if entry["key"] == message.key)
            assert first["text"] == message.text, "the same key with other words"
            return Receipt(message.key)
        entry = {"key": message.key, "to": message.to, "subject": message.subject, "text": message.text}
        descriptor = os.open(self.journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(descriptor, (json.dumps(entry) + "\n").encode())
        os.fsync(descriptor)
        os.close(descriptor)
        return Receipt(message.key)

    def accepted(self) -> list[dict[str, str]]:
        """Everything taken over so far."""
        return [json.loads(line) for line in self.journal.read_text().splitlines()] if self.journal.exists() else []


class ProviderWithKeys(Provider):
    honours_keys = True
    key_lifetime = timedelta(hours=24)


class ProviderWithLookUp(Provider):
    can_look_up = True

    def look_up(self, key: str) -> Receipt | None:
        return Receipt(key) if key in {entry["key"] for entry in self.accepted()} else None


class ProviderLosingAnswers(Provider):
    """Takes every message over, and the answer never arrives."""

    def send(self, message: Message) -> Receipt:
        super().send(message)
        raise TimeoutError("no answer")


class ProviderLosingAnswersWithKeys(ProviderLosingAnswers):
    honours_keys = True
    key_lifetime = timedelta(hours=24)


class ProviderRefusing(Provider):
    """Knows no such address."""

    def send(self, message: Message) -> Receipt:
        raise Refused("550 no such user", permanent=True)


class ProviderBusy(Provider):
    """Has no time for `addresses`, or for anybody where none is named."""

    def __init__(self, journal: str, addresses: tuple[str, ...] = ()) -> None:
        super().__init__(journal)
        self.addresses = addresses

    def send(self, message: Message) -> Receipt:
        if not self.addresses or message.to in self.addresses:
            raise Refused("450 come back later", permanent=False)
        return super().send(message)
