"""What became of a letter: one end in any order, an address that came back gets nothing more, robots decide nothing."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Contact, ContactStop, CustomerChange, SuppressedAddress
from customers.operations import consideration, suppression
from dunning.channels.base import Message
from dunning.channels.news import DeliveryNews
from dunning.models import Case, DeliveryEvent, Notice, StepRun, Task
from dunning.operations.delivery_news import apply_news, take_in
from dunning.operations.tick import tick
from dunning.rules.delivery_news import NewsKind
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=30)
ADA = "ada-lindgren@example.com"


@pytest.fixture
def sent(provider: Provider) -> Notice:
    """A first letter to Ada that has left."""
    standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    assert tick(now=NOW).sent == 1
    return Notice.objects.get()


def told(kind: NewsKind, notice: Notice, *, minutes: int = 5, **facts: Any) -> DeliveryNews:
    at = NOW + timedelta(minutes=minutes)
    known = {"notice_id": str(notice.pk), "recipient": notice.address, "happened_at": at, "event_id": f"e{minutes}"}
    return DeliveryNews(channel="email", provider="Postmark", kind=kind, **{**known, **facts})


def hear(*news: DeliveryNews, now: datetime = SOON) -> None:
    for one in news:
        take_in([one], now=now)
        apply_news(now=now)


def state_of(notice: Notice) -> list[Any]:
    """Everything that news may change."""
    run = StepRun.objects.get(step=notice.step_id)
    return [
        *Notice.objects.values_list("state", "delivery", "reason").get(pk=notice.pk),
        *(run.outcome, run.reason),
        *SuppressedAddress.objects.values_list("channel", "address", "reason", "source", "since", "released_at"),
        *ContactStop.objects.values_list("channel", "topic", "source", "released_at"),
        *Task.objects.values_list("kind", "queue", "state"),
        *sorted(DeliveryEvent.objects.values_list("kind", "state", "notice_id")),
    ]


def test_all_orders_and_repeats_of_five_events_have_one_end(sent: Notice) -> None:
    events = [
        told(NewsKind.DEFERRED, sent, minutes=1),
        told(NewsKind.DELIVERED, sent, minutes=2),
        told(NewsKind.OPENED, sent, minutes=3),
        told(NewsKind.BOUNCED, sent, minutes=4, detail="550 5.1.1 no such user"),
        told(NewsKind.COMPLAINED, sent, minutes=6),
    ]
    ends = []
    for place, order in enumerate(permutations(events)):
        begin = transaction.savepoint()
        middle = place % 5
        take_in([*order[:middle], order[0]], now=SOON)
        apply_news(now=SOON)
        take_in(order[middle - 1 :] if middle else order, now=SOON)
        apply_news(now=SOON)
        ends.append(state_of(sent))
        transaction.savepoint_rollback(begin)
    take_in(events, now=SOON)
    for _ in range(2):  # as after a kill before they were marked as applied
        DeliveryEvent.objects.update(state="waiting")
        apply_news(now=SOON)
    assert all(end == state_of(sent) for end in ends) and len(ends) == 120
    assert ends[0][:2] == ["refused", "complained"]


def test_a_delivered_letter_says_so_and_nothing_else_changes(sent: Notice) -> None:
    hear(told(NewsKind.DELIVERED, sent), told(NewsKind.DEFERRED, sent, minutes=6), told(NewsKind.OPENED, sent))
    sent.refresh_from_db()
    assert (sent.state, sent.delivery) == ("sent", "delivered")
    assert not SuppressedAddress.objects.exists() and not Task.objects.exists() and not CustomerChange.objects.exists()


def test_a_hard_bounce_suppresses_the_address_and_asks_for_another(sent: Notice, provider: Provider) -> None:
    take_in([told(NewsKind.BOUNCED, sent, detail="550 5.1.1 no such user")], now=SOON)
    tick(now=SOON)
    case, task = Case.objects.get(), Task.objects.get()
    assert (case.attention, task.queue, task.get_kind_display()) == (
        "no_address",
        "addresses",
        "find the right address",
    )
    assert task.script.startswith(f"{ADA}: what we sent there came back for good. Find the right address")
    assert Notice.objects.get().reason == f"it came back from {ADA}: 550 5.1.1 no such user"
    assert case.level == 0  # nobody was reminded
    Contact.objects.update(email="ada@new.example")
    CustomerChange.objects.create(customer_id=case.customer_id)
    tick(now=SOON + timedelta(minutes=5))
    assert [accepted["to"] for accepted in provider.accepted()] == [ADA, "ada@new.example"]
    hear(told(NewsKind.DEFERRED, sent))  # of the first sending
    assert list(Notice.objects.values_list("state", "delivery")) == [("sent", "")]


def test_a_released_address_gets_letters_again_and_old_news_does_not_suppress_it(sent: Notice, maria: User) -> None:
    hear(told(NewsKind.BOUNCED, sent))
    suppression.release(SuppressedAddress.objects.get(), reason="She called: it works.", now=SOON, by=maria)
    hear(told(NewsKind.BOUNCED, sent), told(NewsKind.BOUNCED, sent, minutes=7), now=SOON + timedelta(hours=1))
    assert not SuppressedAddress.objects.filter(released_at=None).exists()
    with pytest.raises(suppression.SuppressionRefusal, match="was released before"):
        suppression.release(SuppressedAddress.objects.get(), reason="Again", now=SOON, by=maria)
    hear(told(NewsKind.BOUNCED, sent, minutes=90), now=SOON + timedelta(hours=2))
    assert SuppressedAddress.objects.filter(released_at=None).count() == 1


def test_a_complaint_stops_mail_and_the_letter_still_counts(sent: Notice) -> None:
    hear(told(NewsKind.COMPLAINED, sent))
    sent.refresh_from_db()
    assert (sent.state, sent.delivery, SuppressedAddress.objects.get().reason) == ("sent", "complained", "complained")
    assert "reported as spam" in Task.objects.get().script


def test_whoever_unsubscribes_has_told_us_so_unless_they_changed_their_mind(sent: Notice) -> None:
    hear(told(NewsKind.UNSUBSCRIBED, sent))
    stop = ContactStop.objects.get()
    assert (stop.channel, stop.topic, stop.source) == ("email", "", "unsubscribed (Postmark)")
    consideration.release_stop(stop, source="On the phone", now=SOON, by=None)
    hear(told(NewsKind.UNSUBSCRIBED, sent, minutes=6))
    assert not ContactStop.objects.filter(released_at=None).exists()


def test_three_letters_that_came_back_for_now_are_enough_until_one_arrives(sent: Notice) -> None:
    others = [Notice.objects.create(**_like(sent, day)) for day in (1, 2)]
    soft = [told(NewsKind.SOFT_BOUNCED, notice, minutes=5 + place) for place, notice in enumerate([sent, *others])]
    hear(*soft)
    assert SuppressedAddress.objects.get().reason == "soft_bounces"
    hear(told(NewsKind.DELIVERED, sent, minutes=6))  # heard late
    row = SuppressedAddress.objects.get()
    assert row.released_at and row.release_reason == "A message was delivered after all."


def _like(notice: Notice, place: int) -> dict[str, Any]:
    step = notice.step.version.steps.exclude(pk=notice.step_id).order_by("position")[place]
    facts = {"case": notice.case, "customer": notice.customer, "contact": notice.contact, "channel": "email"}
    moments = {"queued_at": NOW, "due_at": NOW, "calling_at": NOW, "finished_at": NOW}
    return {**facts, **moments, "step": step, "state": "sent", "address": notice.address}


def test_a_notice_of_unknown_fate_is_settled_by_its_providers_news(sent: Notice) -> None:
    Notice.objects.update(state=Notice.State.CALLING)
    hear(told(NewsKind.DELIVERED, sent))  # faster than our own record
    assert DeliveryEvent.objects.get().state == "waiting"
    Notice.objects.update(state=Notice.State.IN_DOUBT, reason="nobody knows")
    apply_news(now=SOON)
    assert Notice.objects.values_list("state", "delivery", "reason").get() == ("sent", "delivered", "")


@pytest.mark.parametrize("reference", ["<notice-{pk}@example.com>", "notice-{pk}@mail.example", "their-own-id"])
def test_a_notice_is_found_by_our_key_or_the_providers_reference(sent: Notice, reference: str) -> None:
    Notice.objects.update(provider_reference="<their-own-id>")
    hear(told(NewsKind.DELIVERED, sent, notice_id="", reference=reference.format(pk=sent.pk)))
    assert DeliveryEvent.objects.get().notice == sent


@pytest.mark.parametrize(
    "facts",
    [{"notice_id": "999999"}, {"notice_id": "9" * 19}, {"notice_id": "x", "reference": "y"}, {"notice_id": "²"}],
)
def test_a_stranger_is_kept_and_changes_nothing(sent: Notice, facts: dict[str, str]) -> None:
    hear(told(NewsKind.BOUNCED, sent, **facts))
    assert DeliveryEvent.objects.get().state == "stranger" and not SuppressedAddress.objects.exists()


class BouncingMeanwhile(Provider):
    """While the first letter is on its way, an older one to the second reader comes back."""

    def send(self, message: Message) -> Any:
        suppression.suppress("email", "grace-okafor@EXAMPLE.com", reason=BOUNCED, source="Postmark", since=NOW)
        return super().send(message)


BOUNCED: Any = "bounced"


def test_a_bounce_between_queueing_and_sending_stops_the_letter(settings: Any, provider: Provider) -> None:
    entry = {"class": f"{__name__}.BouncingMeanwhile", "options": {"journal": str(provider.journal)}}
    settings.DUNNING_CHANNELS = {"email": entry}
    standard_campaign(now=NOW)
    for name in ("Ada Lindgren", "Grace Okafor"):
        owes(reachable(name), "10.00", due="2026-03-01")
    report = tick(now=NOW)
    assert (report.sent, report.put_back) == (1, 1)  # its message was written before the bounce was heard of
    tick(now=NOW + timedelta(minutes=2))
    tick(now=NOW + timedelta(minutes=4))
    assert [accepted["to"] for accepted in provider.accepted()] == [ADA]
    grace = Notice.objects.get(customer__name="Grace Okafor")
    assert (grace.state, grace.case.attention) == ("withdrawn", "no_address")
    assert "nothing may go to this address any more" in grace.reason


def test_ordinary_news_costs_as_many_queries_for_a_hundred_events_as_for_one(
    sent: Notice, django_assert_num_queries: Any
) -> None:
    take_in([told(NewsKind.DELIVERED, sent)], now=SOON)
    with CaptureQueriesContext(connection) as for_one:
        apply_news(now=SOON)
    take_in([told(NewsKind.OPENED, sent, minutes=minute) for minute in range(1, 100)], now=SOON)
    take_in([told(NewsKind.DELIVERED, sent, minutes=20)], now=SOON)
    with django_assert_num_queries(len(for_one)):
        apply_news(now=SOON)
