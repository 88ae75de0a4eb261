"""What the first page shows about the engine: what it did today, what it does next, and what needs a person.

A fixed number of queries, each over a partial index or the newest pages of a table; none grows with the portfolio.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Min, Q, Sum

from dunning.models import (
    Case,
    CaseEvent,
    Confirmation,
    CustomerRequest,
    DeliveryEvent,
    Notice,
    OutgoingEvent,
    Reply,
    StepRun,
    Task,
    WriteOffProposal,
)
from dunning.queries.handed import handed_with_money
from dunning.rules.delivery_news import NewsKind
from dunning.rules.words import Attention, Outcome
from payments.models import Payment, Refund, RefundReversal
from payments.queries.charges import charges_unclear
from payments.queries.declines import unanswered_codes
from payments.queries.gateway_news import events_late

NEXT_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Today:
    """What happened since midnight; `paid` is per currency and net of what went back and what came back again."""

    opened: int
    sent: int
    skipped: int
    closed: int
    paid: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the engine will do: counts of steps, and the first few with their reasons."""

    within_a_day: int
    within_a_week: int
    first: list[Case]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things of one kind wait for a person, and since when."""

    number: int
    since: datetime | None = None


def today_so_far(midnight: datetime) -> Today:
    """What happened since `midnight`, the start of the desk's day."""
    return Today(
        opened=Case.objects.filter(opened_at__gte=midnight).count(),
        sent=Notice.objects.filter(state=Notice.State.SENT, finished_at__gte=midnight).count(),
        skipped=StepRun.objects.filter(outcome=Outcome.SKIPPED, decided_at__gte=midnight).count(),
        closed=CaseEvent.objects.filter(kind=CaseEvent.Kind.CLOSED, happened_at__gte=midnight).count(),
        paid=_paid_since(midnight),
    )


MOVES = (
    (Payment, "currency", "amount", 1),
    (Refund, "payment__currency", "amount", -1),
    (RefundReversal, "refund__payment__currency", "refund__amount", 1),
)


def _paid_since(midnight: datetime) -> dict[str, Decimal]:
    paid: dict[str, Decimal] = {}
    for model, currency, amount, sign in MOVES:
        rows = model.objects.filter(recorded_at__gte=midnight).values(currency).annotate(sum=Sum(amount))
        for code, moved in rows.order_by(currency).values_list(currency, "sum"):
            paid[code] = paid.get(code, Decimal(0)) + sign * moved
    return paid


def ahead(now: datetime) -> Ahead:
    """The steps of the next day and week, and the first ten."""
    coming = Case.objects.filter(state=Case.State.OPEN, next_step__isnull=False)
    counts = coming.filter(next_action_at__lt=now + timedelta(days=7)).aggregate(
        day=Count("pk", filter=Q(next_action_at__lt=now + timedelta(days=1))), week=Count("pk")
    )
    first = coming.select_related("customer", "next_step").order_by("next_action_at")[:NEXT_SHOWN]
    return Ahead(counts["day"], counts["week"], list(first))


def cases_waiting() -> dict[str, int]:
    """Open cases that need a person, by reason."""
    rows = Case.objects.filter(state=Case.State.OPEN).exclude(attention="").values("attention")
    found = {row["attention"]: row["number"] for row in rows.annotate(number=Count("pk")).order_by()}
    return {attention: found.get(attention, 0) for attention in Attention if attention}


def notices_waiting() -> dict[str, Waiting]:
    """Notices of unknown fate and refused ones, with the time of the oldest."""
    states = [Notice.State.IN_DOUBT, Notice.State.REFUSED]
    rows = Notice.objects.filter(state__in=states).values("state")
    found = {
        row["state"]: Waiting(row["number"], row["since"])
        for row in rows.annotate(number=Count("pk"), since=Min("queued_at")).order_by()
    }
    return {state: found.get(state, Waiting(0)) for state in states}


def letters_to_review() -> Waiting:
    """Letters that wait for a manager, with the time of the oldest."""
    row = Notice.objects.filter(state=Notice.State.PROPOSED).aggregate(number=Count("pk"), since=Min("queued_at"))
    return Waiting(row["number"], row["since"])


def charges_in_doubt(now: datetime) -> Waiting:
    """Charges of unknown fate that the gateway could not explain at once, with the time of the oldest."""
    row = charges_unclear(now).aggregate(number=Count("pk"), since=Min("started_at"))
    return Waiting(row["number"], row["since"])


def events_not_looked_up(now: datetime) -> Waiting:
    """Events that gateways have not explained for more than an hour, with the time of the oldest."""
    row = events_late(now).aggregate(number=Count("pk"), since=Min("received_at"))
    return Waiting(row["number"], row["since"])


def payments_with_credit() -> Waiting:
    """Payments of which something is left that no open invoice needs."""
    row = Payment.objects.filter(unapplied__gt=0).aggregate(number=Count("pk"), since=Min("recorded_at"))
    return Waiting(row["number"], row["since"])


def replies_waiting() -> Waiting:
    """What people wrote back that nobody has answered, with the time of the oldest."""
    row = Reply.objects.filter(state=Reply.State.WAITING).aggregate(number=Count("pk"), since=Min("received_at"))
    return Waiting(row["number"], row["since"])


def requests_waiting() -> Waiting:
    """What customers asked for on their page that nobody has answered, with the time of the oldest."""
    waiting = CustomerRequest.objects.filter(state=CustomerRequest.State.WAITING)
    row = waiting.aggregate(number=Count("pk"), since=Min("raised_at"))
    return Waiting(row["number"], row["since"])


def confirmations_waiting() -> int:
    """How many mails about requests are refused or of unknown fate."""
    State = Confirmation.State
    return Confirmation.objects.filter(state__in=[State.IN_DOUBT, State.REFUSED]).count()


def news_not_understood(now: datetime) -> int:
    """How many events of providers in the last seven days nobody could read."""
    lately = now - timedelta(days=7)
    return DeliveryEvent.objects.filter(kind=NewsKind.UNKNOWN, received_at__gte=lately).count()


def tasks_due(today: date) -> int:
    """How many open tasks are for `today` or earlier."""
    return Task.objects.filter(state=Task.State.OPEN, due_on__lte=today).count()


def write_offs_waiting() -> Waiting:
    """Proposals to write off that nobody has decided on, with the time of the oldest."""
    waiting = WriteOffProposal.objects.filter(state=WriteOffProposal.State.OPEN)
    row = waiting.aggregate(number=Count("pk"), since=Min("proposed_at"))
    return Waiting(row["number"], row["since"])


def agencies_to_tell() -> int:
    """How many cases with an agency have had money come in that nobody has told it of."""
    return handed_with_money().count()


def service_events_given_up() -> Waiting:
    """What the service was told for a day without a good answer, with the time of the oldest."""
    given_up = OutgoingEvent.objects.filter(state=OutgoingEvent.State.FAILED)
    row = given_up.aggregate(number=Count("pk"), since=Min("created_at"))
    return Waiting(row["number"], row["since"])


def unknown_codes() -> int:
    """How many codes of refusals no rule knows."""
    return unanswered_codes().count()
