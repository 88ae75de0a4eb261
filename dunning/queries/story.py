"""The whole story of a case: everything that happened to it and to its customer, newest first."""

from collections.abc import Iterator, Sequence

from customers.models import Hold
from dunning.models import Case, CaseEvent, ReviewDecision
from dunning.queries.happening import SHOWN_HAPPENINGS, Happening, name_of, newest
from dunning.queries.story_of_contact import of_contact
from dunning.queries.story_of_money import of_money
from dunning.queries.why import Explained
from dunning.rules.words import Outcome, StepKind

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
    CaseEvent.Kind.FALLBACK: "alt_route",
    CaseEvent.Kind.REQUEST: "contact_support",
    Outcome.DONE: "event_available",
    Outcome.SKIPPED: "event_busy",
    Outcome.DELAYED: "schedule",
}


def story(case: Case, steps: Sequence[Explained]) -> list[Happening]:
    """The newest SHOWN_HAPPENINGS of all that happened; `steps`: those it has taken."""
    return sorted(_happenings(case, steps), key=lambda found: (found.at, found.rank), reverse=True)[:SHOWN_HAPPENINGS]


def _happenings(case: Case, steps: Sequence[Explained]) -> Iterator[Happening]:
    yield from _holds(case)
    yield from of_contact(case)
    yield from of_money(case)
    yield from _reviews(case)
    yield from _steps(steps)
    yield from _events(case)


def _events(case: Case) -> Iterator[Happening]:
    told_elsewhere = (CaseEvent.Kind.PAYMENT, CaseEvent.Kind.CHARGE, CaseEvent.Kind.FALLBACK)
    events = CaseEvent.objects.filter(case=case).exclude(kind__in=told_elsewhere)
    for event in newest(events.select_related("actor"), "happened_at"):
        kind = CaseEvent.Kind(event.kind)
        title = TITLES.get(kind, f"Case {kind.label}")
        rank = 3 if kind == CaseEvent.Kind.CLOSED else 0
        yield Happening(event.happened_at, ICONS[kind], title, event.text, name_of(event.actor), rank=rank)


def _steps(steps: Sequence[Explained]) -> Iterator[Happening]:
    for explained in steps:
        run = explained.run
        if run is None:
            assert explained.at is not None
            icon = ICONS[CaseEvent.Kind(explained.kind)]
            yield Happening(explained.at, icon, explained.title, explained.reason, explained=explained)
            continue
        outcome = Outcome(run.outcome)
        words = {Outcome.DONE: "due", Outcome.SKIPPED: "skipped", Outcome.DELAYED: "put off"}[outcome]
        title, rank = f"{str(run.step).capitalize()}: {words}", 0 if run.step.kind == StepKind.CHARGE else 4
        yield Happening(run.decided_at, ICONS[outcome], title, run.reason, rank=rank, explained=explained)


def _reviews(case: Case) -> Iterator[Happening]:
    decided = ReviewDecision.objects.filter(case=case).select_related("decided_by", "notice__step")
    for decision in newest(decided, "decided_at"):
        title = f"Review of the {decision.notice.step}: {decision.get_verdict_display()}"
        yield Happening(decision.decided_at, "rate_review", title, decision.reason, name_of(decision.decided_by))


def _holds(case: Case) -> Iterator[Happening]:
    holds = Hold.objects.filter(customer=case.customer_id, placed_at__gte=case.opened_at).exclude(kind=Hold.Kind.PAUSE)
    for hold in newest(holds.select_related("invoice", "placed_by"), "placed_at"):
        what = f"Invoice {hold.invoice}" if hold.invoice else "Customer"
        yield Happening(
            hold.placed_at,
            "front_hand",
            f"{what} on hold: {hold.get_kind_display()}",
            f"{hold.reason} ({hold.blocks})",
            name_of(hold.placed_by),
        )
        if hold.released_at:
            yield Happening(hold.released_at, "do_not_touch", f"{what}: hold released", hold.reason)
