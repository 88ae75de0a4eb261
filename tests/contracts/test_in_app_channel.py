"""Notices in an app keep the contract of every channel."""

import pytest

from dunning.channels.base import Channel
from dunning.channels.in_app import InAppChannel
from dunning.models import InAppNotice
from tests.contracts.channel_contract import ChannelContract, Delivered


@pytest.mark.django_db
class TestInApp(ChannelContract):
    """Whose app it is says the app; the page behind the button is the customer's own."""

    reader = "C-1042"
    shows = ("subject", "text")

    @pytest.fixture(autouse=True)
    def app(self) -> None:
        self.channel: Channel = InAppChannel()

    def delivered(self) -> list[Delivered]:
        kept = InAppNotice.objects.order_by("pk")
        return [Delivered(one.customer_number, "", one.title, one.text, "", one.key) for one in kept]
