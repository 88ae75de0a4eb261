"""The channel that delivers into a list keeps the contract like any other."""

import pytest

from dunning.channels.base import Channel
from dunning.channels.memory import MemoryChannel
from dunning.rules.letter import clean
from tests.contracts.channel_contract import ChannelContract, Delivered


class TestMemory(ChannelContract):
    @pytest.fixture(autouse=True)
    def empty(self) -> None:
        MemoryChannel.outbox.clear()
        self.channel: Channel = MemoryChannel()

    def delivered(self) -> list[Delivered]:
        return [Delivered(m.to, clean(m.to_name), m.subject, m.text, m.html, m.key) for m in MemoryChannel.outbox]
