"""A system of your own that is handed messages: it keeps the contract, and every answer means what it says."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from dunning.channels.base import Channel, Refused
from dunning.channels.webhook import WebhookChannel
from dunning.models import Campaign, CampaignVersion, Notice, Step
from dunning.operations.campaigns import publish
from dunning.operations.tick import tick
from tests.campaigns import REMINDER, template_named
from tests.contracts.channel_contract import ChannelContract, Delivered, message
from tests.contracts.mail_servers import free_port
from tests.people import NOW, owes, reachable
from tests.service import SECRET, Service, listening


class TestWebhook(ChannelContract):
    reader = "C-1042"

    @pytest.fixture(autouse=True)
    def system(self) -> Iterator[Service]:
        with listening() as self.service:
            self.channel: Channel = WebhookChannel(url=self.service.url, secret=SECRET)
            yield self.service

    def delivered(self) -> list[Delivered]:
        parts = ("customer", "name", "subject", "text", "html", "id")
        return [Delivered(*(one[part] for part in parts)) for one in self.service.heard]

    @pytest.mark.parametrize(
        ("status", "permanent"), [(410, True), (422, True), (401, False), (429, False), (503, False)]
    )
    def test_a_plain_no_is_surely_not_taken(self, system: Service, status: int, permanent: bool) -> None:
        system.answers = [status]
        with pytest.raises(Refused, match=f"your system answered {status}") as refused:
            self.channel.send(message(to=self.reader))
        assert refused.value.permanent == permanent

    @pytest.mark.parametrize("status", [500, 502])
    def test_whoever_failed_may_have_taken_it(self, system: Service, status: int) -> None:
        system.answers = [status]
        with pytest.raises(ConnectionError):
            self.channel.send(message(to=self.reader))

    def test_nobody_there_is_surely_not_taken(self) -> None:
        nobody = WebhookChannel(url=f"http://127.0.0.1:{free_port()}/hook", secret=SECRET)
        with pytest.raises(Refused, match="ConnectionRefusedError"):
            nobody.send(message(to=self.reader))


@pytest.mark.django_db(transaction=True)
def test_a_step_by_it_reaches_the_customer_by_number(settings: Settings) -> None:
    with listening() as service:
        options = {"url": service.url, "secret": SECRET}
        settings.DUNNING_CHANNELS = {
            "webhook": {"class": "dunning.channels.webhook.WebhookChannel", "options": options}
        }
        version = CampaignVersion.objects.create(
            campaign=Campaign.objects.create(name="Chat", is_active=True), number=1, working_days_only=False
        )
        text = template_named("day-1", "Day 1", REMINDER)
        Step.objects.create(version=version, position=0, offset_days=1, tone=1, template=text, channel="webhook")
        publish(version, now=NOW)
        ada = reachable("Ada Lindgren")
        owes(ada, "120.00", due="2026-03-01")
        tick(now=NOW)
    [heard] = service.heard
    assert (heard["customer"], heard["name"]) == (ada.number, "Ada Lindgren")
    assert "/p/" in heard["text"] and "120.00" in heard["html"]
    assert Notice.objects.get().state == "sent"
