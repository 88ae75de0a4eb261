"""What a case's story tells of contact: letters and what became of them, replies, calls, wishes."""

from collections.abc import Iterator

from customers.models import ContactStop
from customers.rules.contact import EMAIL, way_words
from dunning.models import Call, Case, DeliveryEvent, Notice, Reply
from dunning.queries.happening import SHOWN_HAPPENINGS, Happening, name_of, newest
from dunning.rules.delivery_news import NewsKind

NEWS_ICONS: dict[str, str] = {
    NewsKind.SOFT_BOUNCED: "undo",
    NewsKind.BOUNCED: "unsubscribe",
    NewsKind.COMPLAINED: "report",
    NewsKind.UNSUBSCRIBED: "notifications_off",
    NewsKind.OPENED: "drafts",
    NewsKind.CLICKED: "ads_click",
    NewsKind.DISMISSED: "visibility_off",
}
BY_ROBOTS_TOO = (NewsKind.OPENED, NewsKind.CLICKED)
ROBOTS_TOO = "By a person or by a robot: nothing is decided by it."


def of_contact(case: Case) -> Iterator[Happening]:
    """What was said to this customer while the case ran, and what they said."""
    yield from _wishes(case)
    yield from _calls(case)
    yield from _notices(case)
    yield from _news(case)
    yield from _replies(case)


def _wishes(case: Case) -> Iterator[Happening]:
    stops = ContactStop.objects.filter(customer=case.customer_id, since__gte=case.opened_at)
    for stop in newest(stops.select_related("recorded_by"), "since"):
        said = f"{stop.source}. {stop.note}".strip()
        yield Happening(stop.since, "notifications_off", f"The customer wants {stop}", said, name_of(stop.recorded_by))
        if stop.released_at:
            yield Happening(stop.released_at, "notifications", f"No longer in force: {stop}")


def _calls(case: Case) -> Iterator[Happening]:
    calls = Call.objects.filter(customer=case.customer_id, called_at__gte=case.opened_at)
    if case.closed_at:
        calls = calls.filter(called_at__lte=case.closed_at)
    for call in newest(calls.select_related("called_by"), "called_at"):
        title = "Talked on the phone" if call.is_talk else "Called, nobody answered"
        yield Happening(call.called_at, "call", title, call.note, name_of(call.called_by))


def _notices(case: Case) -> Iterator[Happening]:
    for notice in newest(Notice.objects.filter(case=case).select_related("step", "contact"), "queued_at"):
        to = notice.address or str(notice.contact)
        has_left = notice.address or notice.channel == EMAIL
        where = f"to {to}" if has_left else f"by {way_words(notice.channel)}"
        title = f"Letter {where}: {notice.get_state_display()}"
        yield Happening(notice.finished_at or notice.queued_at, "mail", title, notice.reason, notice=notice, rank=5)


def _news(case: Case) -> Iterator[Happening]:
    """What became of its letters: the first of each kind that tells something."""
    told = DeliveryEvent.objects.filter(notice__case=case).exclude(kind__in=[NewsKind.ACCEPTED, NewsKind.UNKNOWN])
    known = set[tuple[int | None, str, str]]()
    for event in told.defer("body").order_by("happened_at", "pk")[:SHOWN_HAPPENINGS]:
        if (news := (event.notice_id, event.kind, event.recipient)) not in known:
            known.add(news)
            title = f"Letter to {event.recipient}: {event.get_kind_display()}"
            text = ROBOTS_TOO if event.kind in BY_ROBOTS_TOO else event.detail
            yield Happening(event.happened_at, NEWS_ICONS.get(event.kind, "mark_email_read"), title, text, rank=6)


def _replies(case: Case) -> Iterator[Happening]:
    for reply in newest(Reply.objects.filter(case=case), "received_at"):
        title = f"{'Automatic reply' if reply.state == Reply.State.AUTOMATIC else 'Reply'} from {reply.sender}"
        waits = "Waits for an answer" if reply.state == Reply.State.WAITING else ""
        yield Happening(reply.received_at, "forum", title, waits, reply=reply, rank=7)
