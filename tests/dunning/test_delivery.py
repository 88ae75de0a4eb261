"""What becomes of a notice when the provider says no, not now, or nothing."""

from datetime import timedelta
from typing import ClassVar

import pytest
from pytest_django import Settings

from customers.models import Contact
from dunning.channels.base import Message, Receipt, Refused
from dunning.models import CaseEvent, Notice
from dunning.operations import doubts
from dunning.operations.deliver import MOST_ATTEMPTS
from dunning.operations.doubts import DoubtRefusal
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


class Scripted(Provider):
    """Answers as the test says, message after message; then accepts."""

    answers: ClassVar[list[Exception]] = []

    def send(self, message: Message) -> Receipt:
        if self.answers:
            raise self.answers.pop(0)
        return super().send(message)


@pytest.fixture
def scripted(settings: Settings, provider: Provider) -> type[Scripted]:
    entry = {"class": "tests.dunning.test_delivery.Scripted", "options": {"journal": str(provider.journal)}}
    settings.DUNNING_CHANNELS = {"email": entry}
    Scripted.answers.clear()
    standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    return Scripted


def test_permanent_refusal_is_shown_and_not_tried_again(scripted: type[Scripted], provider: Provider) -> None:
    scripted.answers.append(Refused("550 no such user", permanent=True))
    assert tick(now=NOW).refused == 1
    tick(now=NOW + timedelta(hours=2))
    notice = Notice.objects.get()
    assert (notice.state, notice.reason, provider.accepted()) == ("refused", "550 no such user", [])


def test_refused_notice_goes_to_the_mended_address_when_a_person_says_so(
    scripted: type[Scripted], provider: Provider
) -> None:
    scripted.answers.append(Refused("550 no such user", permanent=True))
    tick(now=NOW)
    notice = Notice.objects.get()
    Contact.objects.update(email="ada@new.example")
    doubts.send_again(notice, now=NOW + timedelta(hours=1), by=None)
    notice.refresh_from_db()
    assert (notice.state, notice.body, notice.attempts) == ("queued", "", 0)
    tick(now=NOW + timedelta(hours=1))
    notice.refresh_from_db()
    assert (notice.state, notice.address) == ("sent", "ada@new.example")
    assert "refused notice is sent again" in CaseEvent.objects.get(kind="notice").text
    with pytest.raises(DoubtRefusal, match="sent by now"):
        doubts.send_again(notice, now=NOW, by=None)


def test_refusal_for_now_is_tried_again_later_and_ever_more_slowly(
    scripted: type[Scripted], provider: Provider
) -> None:
    scripted.answers += [Refused("451 busy", permanent=False)] * 2
    tick(now=NOW)
    assert Notice.objects.get().due_at == NOW + timedelta(minutes=5)
    tick(now=NOW + timedelta(minutes=5))
    assert Notice.objects.get().due_at == NOW + timedelta(minutes=15)
    tick(now=NOW + timedelta(minutes=15))
    assert (Notice.objects.get().state, len(provider.accepted())) == ("sent", 1)


def test_refusal_for_now_does_not_go_on_for_ever(scripted: type[Scripted], provider: Provider) -> None:
    scripted.answers += [Refused("451 busy", permanent=False)] * (MOST_ATTEMPTS + 5)
    for day in range(1, 4):
        for hour in range(8):
            tick(now=NOW + timedelta(days=day, hours=hour))
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == ("refused", MOST_ATTEMPTS)


def test_silence_is_a_doubt_that_only_a_person_ends(scripted: type[Scripted], provider: Provider) -> None:
    scripted.answers.append(TimeoutError("no answer"))
    assert tick(now=NOW).in_doubt == 1
    tick(now=NOW + timedelta(hours=3))
    notice = Notice.objects.get()
    assert (notice.state, provider.accepted()) == ("in_doubt", [])
    doubts.send_again(notice, now=NOW + timedelta(hours=3), by=None)
    tick(now=NOW + timedelta(hours=3))
    assert (Notice.objects.get().state, len(provider.accepted())) == ("sent", 1)
    assert CaseEvent.objects.filter(kind="notice").count() == 1


def test_doubt_ends_when_a_person_knows_that_it_arrived(scripted: type[Scripted], provider: Provider) -> None:
    scripted.answers.append(TimeoutError("no answer"))
    tick(now=NOW)
    notice = Notice.objects.get()
    doubts.settle_as_sent(notice, now=NOW, by=None)
    assert Notice.objects.get().state == "sent"
    with pytest.raises(DoubtRefusal):
        doubts.send_again(notice, now=NOW, by=None)


def test_stored_letter_holds_no_token_and_the_sent_one_does(provider: Provider) -> None:
    standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    notice, sent = Notice.objects.get(), provider.accepted()[0]["text"]
    token = sent.split("/p/")[1].split("/")[0]
    assert len(token) == 43
    assert token not in notice.body
    assert [line["balance"] for line in notice.lines] == ["10.0000"]


def test_backlog_of_the_night_waits_for_the_morning(provider: Provider) -> None:
    standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    from dunning.operations.advance import advance_due
    from dunning.operations.opening import open_cases

    open_cases(now=NOW)
    advance_due(now=NOW)
    tick(now=NOW + timedelta(hours=12))  # the worker was away until 22:00
    assert provider.accepted() == []
    assert Notice.objects.get().due_at == NOW + timedelta(hours=23)
    tick(now=NOW + timedelta(hours=23))
    assert len(provider.accepted()) == 1
