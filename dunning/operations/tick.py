"""One turn of the engine: hear the news, open cases, decide, deliver. Any number of workers may turn it at once."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from customers.deadline import Deadline
from customers.models import CustomerChange
from dunning.models import Case, EngineState, Notice
from dunning.operations.advance import BATCH, advance_due
from dunning.operations.collect import collect
from dunning.operations.confirmations import send_confirmations
from dunning.operations.deliver import deliver
from dunning.operations.delivery_news import apply_news
from dunning.operations.doors import sweep
from dunning.operations.doubts import settle_doubts
from dunning.operations.erasure import finish_erasures
from dunning.operations.experiment_review import review_experiments
from dunning.operations.listen import take_news
from dunning.operations.moves import carry_out
from dunning.operations.opening import open_cases
from dunning.operations.opening_ahead import open_ahead, would_open_ahead
from dunning.operations.print_runs import go_on as print_on
from dunning.operations.profiles import refresh
from dunning.operations.promised_charges import order_promised
from dunning.operations.promised_notes import remind_of_promises
from dunning.operations.receipts import write_receipts
from dunning.operations.replies import put_with_cases
from dunning.operations.retention import forget
from dunning.operations.service import deliver_events
from dunning.rules.decide import decide
from dunning.rules.decisions import Decision
from dunning.rules.recheck import unsent
from dunning.snapshot.candidates import would_open
from dunning.snapshot.cases import Subject, gather
from payments.operations.card_pages import tidy_up
from payments.operations.claims import raise_due
from payments.operations.credit import settle_what_is_open
from payments.operations.gateway_invoices import tell
from payments.operations.inbox import apply_events, catch_up
from payments.operations.instalment_plans import break_late
from payments.operations.reconcile import reconcile
from payments.operations.sync_objects import look_at_debits

logger = logging.getLogger(__name__)

FULL_LOOK_EVERY = timedelta(hours=1)  # time alone makes invoices due; news tells of everything else


@dataclass(frozen=True, slots=True)
class TickReport:
    """What one turn did, in counts of cases (first row), notices (second) and charges of stored cards (third)."""

    opened: int = 0
    decided: int = 0
    closed: int = 0
    parked: int = 0
    queued: int = 0
    proposed: int = 0
    sent: int = 0
    put_back: int = 0
    withdrawn: int = 0
    refused: int = 0
    in_doubt: int = 0
    charged: int = 0
    declined: int = 0
    is_unfinished: bool = False

    def __str__(self) -> str:
        counts = {name: count for name, count in asdict(self).items() if name != "is_unfinished"}
        told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
        return f"{told}; more to do" if self.is_unfinished else told


def tick(*, now: datetime, seconds: float | None = None) -> TickReport:
    """Do everything that is due at `now`. Writes nothing when nothing is due.

    Safe to run late, twice, in parallel, and after a kill at any point. With `seconds` it begins nothing new after that
    time, and says whether it left something for the next turn.
    """
    deadline = Deadline(seconds)
    opened = _look_at_debts(now, deadline)
    _attempt(carry_out, now=now, deadline=deadline)  # before anything is decided under the version they leave
    decided, delivered = advance_due(now=now, deadline=deadline), deliver(now=now, deadline=deadline)
    if delivered["withdrawn"]:  # what was decided did not fit any more: decide it again at once
        decided += advance_due(now=now, deadline=deadline)
        delivered += deliver(now=now, deadline=deadline)
    _attempt(order_promised, now=now, deadline=deadline)
    if charged := collect(now=now, deadline=deadline):  # what came of it is decided on at once
        opened += take_news(now=now)
        decided += advance_due(now=now, deadline=deadline)
        delivered += deliver(now=now, deadline=deadline)
    _attempt(remind_of_promises, now=now, deadline=deadline)
    _attempt(write_receipts, now=now)
    _attempt(send_confirmations, now=now, deadline=deadline)
    _attempt(finish_erasures, now=now)
    _ask_outside(now, deadline)
    _attempt(print_on, now=now, deadline=deadline)
    _attempt(review_experiments, now=now, deadline=deadline)
    _attempt(refresh, now=now, deadline=deadline)
    _attempt(forget, now=now, deadline=deadline)
    return TickReport(
        opened=opened,
        decided=decided["decided"],
        closed=decided["closed"],
        parked=decided["parked"],
        queued=decided["queued"],
        proposed=decided["proposed"],
        sent=delivered["sent"],
        put_back=delivered["put_back"],
        withdrawn=delivered["withdrawn"],
        refused=delivered["refused"],
        in_doubt=delivered["in_doubt"],
        charged=charged["succeeded"],
        declined=charged["declined"],
        is_unfinished=deadline.is_over,
    )


def _look_at_debts(now: datetime, deadline: Deadline) -> int:
    """What is owed and by whom, before anything is decided; returns how many cases were opened.

    Whoever's credit waits all the same is not reminded of what it covers. What the deadline cuts off of a full look is
    looked at in the next turn.
    """
    _attempt(apply_news, now=now, deadline=deadline)
    _attempt(put_with_cases, now=now, deadline=deadline)
    is_full = _is_time_for_a_full_look(now)
    if is_full:
        _attempt(break_late, now=now)
    _attempt(settle_what_is_open, now=now, deadline=deadline, everywhere=is_full)
    opened = take_news(now=now)
    if is_full:
        opened += open_cases(now=now)
        _attempt(open_ahead, now=now)
        _attempt(raise_due, now=now, deadline=deadline)
        _attempt(sweep, now=now)
        if not deadline.is_over:
            EngineState.objects.filter(pk=1).update(scanned_at=now)
    return opened


def _is_time_for_a_full_look(now: datetime) -> bool:
    state, _ = EngineState.objects.get_or_create(pk=1)
    return not (state.scanned_at and timedelta(0) <= now - state.scanned_at < FULL_LOOK_EVERY)


def _ask_outside(now: datetime, deadline: Deadline) -> None:
    """Ask gateways and providers about what is unknown. Last, because one that does not answer stops nothing else."""
    asked = (deliver_events, settle_doubts, catch_up, apply_events, tell, reconcile, look_at_debits, tidy_up)
    for ask in asked:
        _attempt(ask, now=now, deadline=deadline)


def _attempt(deed: Callable[..., object], **told: Any) -> None:
    """What goes wrong beside the reminders (a law that cannot be read, a gateway) stops none of them."""
    try:
        deed(**told)
    except Exception:
        logger.exception("%s failed; it is tried again when its turn comes", deed.__name__)


@dataclass(frozen=True, slots=True)
class Planned:
    """What the engine would decide about one customer."""

    customer_id: int
    case_id: int | None
    decision: Decision


def rehearse(*, now: datetime) -> Iterator[Planned]:
    """What `tick` would decide at `now`, customer by customer and with the reasons; writes nothing.

    Takes the cases whose clock will have rung by then, those with news or with a reminder that waits to leave, and the
    customers who would get a case.
    """
    news = CustomerChange.objects.values("customer_id")
    waiting = Notice.objects.filter(state=Notice.State.QUEUED, due_at__lte=now).values("case_id")
    rung = Q(next_action_at__lte=now) | Q(customer_id__in=news) | Q(pk__in=waiting)
    due = Case.objects.filter(rung, state=Case.State.OPEN)
    subjects = [Subject(*row) for row in due.order_by("pk").values_list("pk", "customer_id", "version_id")]
    subjects += [Subject(None, customer_id, version_id) for customer_id, version_id in would_open(now=now)]
    for start in range(0, len(subjects), BATCH):
        batch = subjects[start : start + BATCH]
        for subject, facts in zip(batch, gather(batch, now=now), strict=True):
            yield Planned(subject.customer_id, subject.case_id, decide(unsent(facts), now=now))
    for facts in would_open_ahead(now=now):
        yield Planned(facts.customer_id, None, decide(facts, now=now))
