"""The whole story of a case: everything that happened to it and to its customer, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q

from customers.models import ContactStop, Hold
from customers.wording import money
from dunning.models import (
    Call,
    Case,
    CaseEvent,
    DeliveryEvent,
    Notice,
    Reply,
    ReviewDecision,
)
from dunning.queries.why import Explained
from dunning.rules.delivery_news import NewsKind
from dunning.rules.words import Outcome, StepKind
from payments.models import ChargeAttempt, InstalmentPlan, Payment, Refund
from payments.queries.declines import decline_book, judgement_of
from payments.rules.charging import EndedBy

SHOWN_HAPPENINGS = 200
LED_TO_IT = timedelta(days=30)  # a charge that failed at the gateway is often what a case begins with
# Of events that are not what became of the case itself.
TITLES = {
    CaseEvent.Kind.NOTICE: "Notice",
    CaseEvent.Kind.TASK: "Task",
    CaseEvent.Kind.OWNER: "New owner",
    CaseEvent.Kind.SERVICE: "Event to the service",
    CaseEvent.Kind.HANDED: "At the agency",
    CaseEvent.Kind.REQUEST: "Customer's request",
}
ICONS = {
    CaseEvent.Kind.OPENED: "folder_open",
    CaseEvent.Kind.PAUSED: "pause_circle",
    CaseEvent.Kind.RESUMED: "play_circle",
    CaseEvent.Kind.PARKED: "report",
    CaseEvent.Kind.PAYMENT: "payments",
    CaseEvent.Kind.CHARGE: "credit_card",
    CaseEvent.Kind.CLOSED: "task_alt",
    CaseEvent.Kind.NOTICE: "mail",
    CaseEvent.Kind.TASK: "assignment_turned_in",
    CaseEvent.Kind.OWNER: "person",
    CaseEvent.Kind.SERVICE: "power_settings_new",
    CaseEvent.Kind.HANDED: "move_to_inbox",
    CaseEvent.Kind.MOVED: "move_up",
    CaseEvent.Kind.WRITE_OFF: "money_off",
    CaseEvent.Kind.REQUEST: "contact_support",
    Outcome.DONE: "event_available",
    Outcome.SKIPPED: "event_busy",
    Outcome.DELAYED: "schedule",
}
NEWS_ICONS: dict[str, str] = {
    NewsKind.SOFT_BOUNCED: "undo",
    NewsKind.BOUNCED: "unsubscribe",
    NewsKind.COMPLAINED: "report",
    NewsKind.UNSUBSCRIBED: "notifications_off",
    NewsKind.OPENED: "drafts",
    NewsKind.CLICKED: "ads_click",
}
BY_ROBOTS_TOO = (NewsKind.OPENED, NewsKind.CLICKED)
ROBOTS_TOO = "By a person or by a robot: nothing is decided by it."


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the time line."""

    at: datetime
    icon: str
    title: str
    text: str = ""
    who: str = ""
    notice: Notice | None = None
    reply: Reply | None = None
    explained: Explained | None = None
    rank: int = 0  # of what happened at the same moment, the higher came later


def story(case: Case, steps: Sequence[Explained]) -> list[Happening]:
    """The newest SHOWN_HAPPENINGS of all that happened; `steps`: those it has taken."""
    return sorted(_happenings(case, steps), key=lambda found: (found.at, found.rank), reverse=True)[:SHOWN_HAPPENINGS]


def _happenings(case: Case, steps: Sequence[Explained]) -> Iterator[Happening]:
    yield from _holds(case)
    yield from _wishes(case)
    yield from _calls(case)
    yield from _payments(case)
    yield from _refunds(case)
    yield from _plans(case)
    yield from _charges(case)
    yield from _reviews(case)
    yield from _notices(case)
    yield from _news(case)
    yield from _replies(case)
    yield from _steps(steps)
    yield from _events(case)


def _events(case: Case) -> Iterator[Happening]:
    told_elsewhere = (CaseEvent.Kind.PAYMENT, CaseEvent.Kind.CHARGE)
    events = CaseEvent.objects.filter(case=case).exclude(kind__in=told_elsewhere)
    for event in _newest(events.select_related("actor"), "happened_at"):
        who = event.actor.get_username() if event.actor else ""
        kind = CaseEvent.Kind(event.kind)
        title = TITLES.get(kind, f"Case {kind.label}")
        rank = 3 if kind == CaseEvent.Kind.CLOSED else 0
        yield Happening(event.happened_at, ICONS[kind], title, event.text, who, rank=rank)


def _steps(steps: Sequence[Explained]) -> Iterator[Happening]:
    for explained in steps:
        run = explained.run
        if run is None:
            assert explained.at is not None
            icon = ICONS[CaseEvent.Kind.CHARGE]
            yield Happening(explained.at, icon, explained.title, explained.reason, explained=explained)
            continue
        outcome = Outcome(run.outcome)
        words = {Outcome.DONE: "due", Outcome.SKIPPED: "skipped", Outcome.DELAYED: "put off"}[outcome]
        title, rank = f"{str(run.step).capitalize()}: {words}", 0 if run.step.kind == StepKind.CHARGE else 4
        yield Happening(run.decided_at, ICONS[outcome], title, run.reason, rank=rank, explained=explained)


def _notices(case: Case) -> Iterator[Happening]:
    for notice in _newest(Notice.objects.filter(case=case).select_related("step", "contact"), "queued_at"):
        to = notice.address or str(notice.contact)
        title = f"Letter to {to}: {notice.get_state_display()}"
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
    for reply in _newest(Reply.objects.filter(case=case), "received_at"):
        title = f"{'Automatic reply' if reply.state == Reply.State.AUTOMATIC else 'Reply'} from {reply.sender}"
        waits = "Waits for an answer" if reply.state == Reply.State.WAITING else ""
        yield Happening(reply.received_at, "forum", title, waits, reply=reply, rank=7)


def _reviews(case: Case) -> Iterator[Happening]:
    decided = ReviewDecision.objects.filter(case=case).select_related("decided_by", "notice__step")
    for decision in _newest(decided, "decided_at"):
        title = f"Review of the {decision.notice.step}: {decision.get_verdict_display()}"
        yield Happening(decision.decided_at, "rate_review", title, decision.reason, _who(decision.decided_by))


def _payments(case: Case) -> Iterator[Happening]:
    payments = Payment.objects.filter(customer=case.customer_id, recorded_at__gte=case.opened_at)
    if case.closed_at:
        payments = payments.filter(recorded_at__lte=case.closed_at)
    for payment in _newest(payments.select_related("recorded_by"), "recorded_at"):
        text = f"Value date {payment.received_on:%-d %B %Y}, {payment.get_source_display()}."
        who = payment.recorded_by.get_username() if payment.recorded_by else ""
        yield Happening(
            payment.recorded_at, "payments", f"{money(payment.amount, payment.currency)} paid", text, who, rank=2
        )


def _refunds(case: Case) -> Iterator[Happening]:
    """What went back while the case ran, and what of it came again."""
    refunds = Refund.objects.filter(payment__customer=case.customer_id, recorded_at__gte=case.opened_at)
    if case.closed_at:
        refunds = refunds.filter(recorded_at__lte=case.closed_at)
    for refund in _newest(refunds.select_related("payment", "recorded_by", "reversal"), "recorded_at"):
        amount = money(refund.amount, refund.payment.currency)
        who = refund.recorded_by.get_username() if refund.recorded_by else ""
        yield Happening(refund.recorded_at, "undo", f"{amount} {refund.get_kind_display()}", refund.reason, who)
        if reversal := getattr(refund, "reversal", None):
            yield Happening(reversal.recorded_at, "redo", f"{amount} came back to us", reversal.reason)


def _plans(case: Case) -> Iterator[Happening]:
    """Plans made, kept, broken and ended from a day before the case opened: a broken one is why it did."""
    plans = InstalmentPlan.objects.filter(customer=case.customer_id).select_related("made_by", "ended_by")
    first, last = case.opened_at - timedelta(days=1), case.closed_at or datetime.max.replace(tzinfo=UTC)
    for plan in _newest(plans, "made_at"):
        agreed = money(plan.amount, plan.currency)
        if first <= plan.made_at <= last:
            yield Happening(
                plan.made_at, "calendar_month", f"{agreed} to be paid in instalments", "", _who(plan.made_by)
            )
        if plan.ended_at and first <= plan.ended_at <= last:
            title = f"Instalment plan over {agreed}: {plan.get_state_display()}"
            yield Happening(plan.ended_at, "calendar_month", title, plan.end_reason, _who(plan.ended_by))


def _who(person: User | None) -> str:
    return person.get_username() if person else ""


def _charges(case: Case) -> Iterator[Happening]:
    """Tries of cards that brought no money (yet); those that did are payments."""
    since = Q(started_at__gte=case.opened_at) | Q(is_elsewhere=True, started_at__gte=case.opened_at - LED_TO_IT)
    tried = ChargeAttempt.objects.filter(since, customer=case.customer_id)
    if case.closed_at:
        tried = tried.filter(started_at__lte=case.closed_at)
    unpaid = tried.exclude(state__in=[ChargeAttempt.State.SUCCEEDED, ChargeAttempt.State.QUEUED])
    for attempt in _newest(
        unpaid.exclude(decline_code=EndedBy.DROPPED).select_related("method", "customer"), "started_at"
    ):
        to = f" to {attempt.method}" if attempt.method else ""
        title = f"Charge of {money(attempt.amount, attempt.currency)}{to}: {attempt.get_state_display()}"
        text = _refusal(attempt) if attempt.state == ChargeAttempt.State.DECLINED else ""
        who = "the customer" if attempt.is_attended else attempt.gateway if attempt.is_elsewhere else ""
        yield Happening(attempt.started_at, "credit_card_off", title, text, who, rank=1)


def _refusal(attempt: ChargeAttempt) -> str:
    return judgement_of(attempt, decline_book(attempt.started_at.date())).because


def _holds(case: Case) -> Iterator[Happening]:
    holds = Hold.objects.filter(customer=case.customer_id, placed_at__gte=case.opened_at).exclude(kind=Hold.Kind.PAUSE)
    for hold in _newest(holds.select_related("invoice", "placed_by"), "placed_at"):
        what = f"Invoice {hold.invoice}" if hold.invoice else "Customer"
        who = hold.placed_by.get_username() if hold.placed_by else ""
        yield Happening(
            hold.placed_at,
            "front_hand",
            f"{what} on hold: {hold.get_kind_display()}",
            f"{hold.reason} ({hold.blocks})",
            who,
        )
        if hold.released_at:
            yield Happening(hold.released_at, "do_not_touch", f"{what}: hold released", hold.reason)


def _wishes(case: Case) -> Iterator[Happening]:
    stops = ContactStop.objects.filter(customer=case.customer_id, since__gte=case.opened_at)
    for stop in _newest(stops.select_related("recorded_by"), "since"):
        said = f"{stop.source}. {stop.note}".strip()
        yield Happening(stop.since, "notifications_off", f"The customer wants {stop}", said, _who(stop.recorded_by))
        if stop.released_at:
            yield Happening(stop.released_at, "notifications", f"No longer in force: {stop}")


def _calls(case: Case) -> Iterator[Happening]:
    calls = Call.objects.filter(customer=case.customer_id, called_at__gte=case.opened_at)
    if case.closed_at:
        calls = calls.filter(called_at__lte=case.closed_at)
    for call in _newest(calls.select_related("called_by"), "called_at"):
        title = "Talked on the phone" if call.is_talk else "Called, nobody answered"
        yield Happening(call.called_at, "call", title, call.note, _who(call.called_by))


def _newest(rows: Any, column: str) -> Any:
    return rows.order_by(f"-{column}")[:SHOWN_HAPPENINGS]
