"""Everything the case page shows, read in a fixed number of queries and put in order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q

from customers.models import Contact, ContactStop, Hold, Invoice
from customers.queries import Owed, gone_among, holds_in_force, open_invoices, owed_by
from customers.wording import money
from dunning.behaviour import Told, told
from dunning.models import (
    Call,
    Case,
    CaseEvent,
    DeliveryEvent,
    HandedCase,
    Notice,
    OutgoingEvent,
    Reply,
    ReviewDecision,
    Task,
    WriteOffProposal,
)
from dunning.queries import paid_since_handed, restriction_of
from dunning.rules.delivery_news import NewsKind
from dunning.rules.words import Attention, Outcome, StepKind, Tone
from dunning.why import Explained
from payments.decline_queries import decline_book, judgement_of
from payments.models import BankLine, ChargeAttempt, InstalmentPlan, Payment, PlanInvoice, Refund
from payments.plan_queries import with_progress
from payments.queries import money_waiting, unapplied_of
from payments.rules.charging import EndedBy

SHOWN_INVOICES = 100
SHOWN_HAPPENINGS = 200
SHOWN_LINES = 20
LED_TO_IT = timedelta(days=30)  # a charge that failed at the gateway is often what a case begins with

LEVELS = {
    0: "no reminder sent yet",
    Tone.FRIENDLY: "friendly: level 1 of 4",
    Tone.CLEAR: "clear: level 2 of 4",
    Tone.FIRM: "firm: level 3 of 4",
    Tone.FORMAL: "formal: level 4 of 4",
}
NEEDS = {
    Attention.PARKED: "The engine could not decide on this case. It tries again every hour; please have a look.",
    Attention.NO_ADDRESS: "There is no address for the channel of this step. Add one on the customer's page.",
    Attention.OPTED_OUT: "The customer does not want the letter that is due. Call, or release what stops it.",
    Attention.VULNERABLE: "The customer is marked as vulnerable. Send what is due yourself, or find another way.",
    Attention.DECEASED: "The customer has died. Nothing goes out; speak with whoever settles the estate.",
    Attention.INSOLVENCY: "The customer is insolvent. Nothing goes out; file what is owed with the administrator.",
    Attention.REVIEW: "A manager decides under Review whether this letter leaves. Nothing else is sent meanwhile.",
    Attention.HAND_OVER: "The campaign ends with an agency. Hand the case over, or decide otherwise.",
    Attention.END_OF_ROAD: "All reminders of the campaign have gone out. Decide what comes next.",
}
# Of events that are not what became of the case itself.
TITLES = {
    CaseEvent.Kind.NOTICE: "Notice",
    CaseEvent.Kind.TASK: "Task",
    CaseEvent.Kind.OWNER: "New owner",
    CaseEvent.Kind.SERVICE: "Event to the service",
    CaseEvent.Kind.HANDED: "At the agency",
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
    Outcome.DONE: "event_available",
    Outcome.SKIPPED: "event_busy",
    Outcome.DELAYED: "schedule",
}


BY_ROBOTS_TOO = (NewsKind.OPENED, NewsKind.CLICKED)
ROBOTS_TOO = "By a person or by a robot: nothing is decided by it."
NEWS_ICONS: dict[str, str] = {
    NewsKind.SOFT_BOUNCED: "undo",
    NewsKind.BOUNCED: "unsubscribe",
    NewsKind.COMPLAINED: "report",
    NewsKind.UNSUBSCRIBED: "notifications_off",
    NewsKind.OPENED: "drafts",
    NewsKind.CLICKED: "ads_click",
}


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


@dataclass(slots=True)
class CaseFile:
    """The case, the customer, what is owed, what happened and what comes next."""

    case: Case
    level: str
    needs: str
    contacts: list[Contact]
    gone: set[str]  # addresses to which nothing may go
    totals: list[Owed]
    invoices: list[Invoice]
    has_more_invoices: bool
    holds: list[Hold]
    stops: list[ContactStop]
    credit: list[tuple[str, Decimal]]
    arrived: list[BankLine]
    plans: list[InstalmentPlan]
    covered: set[int]
    tasks: list[Task]
    restriction: OutgoingEvent | None
    handed: HandedCase | None
    paid_since: list[tuple[str, Decimal]]
    told: Told | None
    write_offs: list[WriteOffProposal]  # that wait for a manager
    proposal: Notice | None = None
    happenings: list[Happening] = field(default_factory=list)


def case_file(case: Case, steps: Sequence[Explained] = (), *, today: date) -> CaseFile:
    """Read the whole file of one case; `steps`: those it has taken; `today` is the desk's day."""
    invoices = list(open_invoices(case.customer_id, today)[: SHOWN_INVOICES + 1])
    theirs = PlanInvoice.objects.filter(plan__customer=case.customer_id, released_at=None)
    plans = list(with_progress(InstalmentPlan.objects.filter(customer=case.customer_id)).order_by("-pk")[:SHOWN_LINES])
    contacts = list(Contact.objects.filter(customer=case.customer_id).order_by("-is_primary", "pk"))
    handed = HandedCase.objects.select_related("hand_over", "case").filter(case=case, taken_back_at=None).first()
    return CaseFile(
        case=case,
        level=LEVELS.get(case.level, str(case.level)),
        needs=NEEDS.get(Attention(case.attention), ""),
        contacts=contacts,
        gone=gone_among([address for contact in contacts for address in (contact.email, contact.phone)]),
        totals=owed_by(case.customer_id, today),
        invoices=invoices[:SHOWN_INVOICES],
        has_more_invoices=len(invoices) > SHOWN_INVOICES,
        holds=list(holds_in_force(today).filter(customer=case.customer_id).select_related("invoice", "placed_by")),
        stops=list(ContactStop.objects.filter(customer=case.customer_id, released_at=None).order_by("pk")),
        credit=unapplied_of(case.customer_id),
        plans=[plan for plan in plans if plan.state == InstalmentPlan.State.ACTIVE],
        covered=set(theirs.values_list("invoice", flat=True)),
        told=told(case.customer_id),
        arrived=list(money_waiting(case.customer_id)[:SHOWN_LINES]),
        tasks=list(Task.objects.filter(case=case, state=Task.State.OPEN).select_related("assignee").order_by("due_on")),
        restriction=restriction_of(case.customer_id),
        handed=handed,
        paid_since=paid_since_handed(handed) if handed else [],
        write_offs=list(case.write_off_proposals.filter(state=WriteOffProposal.State.OPEN).order_by("pk")),
        proposal=case.notices.filter(state=Notice.State.PROPOSED).first(),
        happenings=_newest_first(_happenings(case, steps)),
    )


def _newest_first(happenings: Iterable[Happening]) -> list[Happening]:
    return sorted(happenings, key=lambda found: (found.at, found.rank), reverse=True)[:SHOWN_HAPPENINGS]


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
