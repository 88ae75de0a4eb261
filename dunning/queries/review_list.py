"""What waits for review: totals, the letters themselves and their words, what was decided, what is leaving."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery

from customers.rules.money import totals
from dunning.models import Notice, ReviewDecision, StepRun, StepText
from dunning.rules.letter import DEFAULT_LANGUAGE
from dunning.rules.words import Tone

COUNTED_DAYS = 30
LEAVING = (Notice.State.QUEUED, Notice.State.LEASED, Notice.State.CALLING)
Verdict = ReviewDecision.Verdict
RELEASED = (Verdict.UNCHANGED, Verdict.CHANGED)
MONEY = """
SELECT version.campaign_id, step.tone, line->>'currency' AS currency, sum((line->>'balance')::numeric)
FROM dunning_notice notice
JOIN dunning_step step ON step.id = notice.step_id
JOIN dunning_campaignversion version ON version.id = step.version_id,
jsonb_array_elements(notice.lines) line
WHERE notice.state = 'proposed' GROUP BY 1, 2, 3 ORDER BY 3
"""


@dataclass(slots=True)
class Pile:
    """The letters of one campaign and tone that wait, or of all; `money` is what they ask for, per currency."""

    campaign_id: int | None
    campaign: str
    tone: int | None
    letters: int
    customers: int
    since: datetime | None
    money: dict[str, Decimal] = field(default_factory=dict)

    @property
    def tone_words(self) -> str:
        return Tone(self.tone).name.lower() if self.tone else ""


class Words(NamedTuple):
    """A text with fields, as it is stored in a step or changed for one letter."""

    language: str
    subject: str
    body: str

    def tidied(self) -> "Words":
        """Without what a browser or a stray blank adds."""
        lines = self.body.replace("\r\n", "\n").strip()
        return Words(self.language, self.subject.strip(), lines)


NO_WORDS = Words("", "", "")


@dataclass(frozen=True, slots=True)
class Progress:
    """Of what was released within a day: how many letters, and how many have not left yet."""

    released: int
    leaving: int

    @property
    def gone(self) -> int:
        return self.released - self.leaving


def piles() -> list[Pile]:
    """What waits, per campaign and tone, in two queries."""
    keys = ("step__version__campaign", "step__version__campaign__name", "step__tone")
    counts = Notice.objects.filter(state=Notice.State.PROPOSED).values_list(*keys).order_by(*keys[1:], keys[0])
    rows = counts.annotate(Count("pk"), Count("customer", distinct=True), Min("queued_at"))
    found = {(row[0], row[2]): Pile(*row) for row in rows}
    with connection.cursor() as cursor:
        cursor.execute(MONEY)
        for campaign_id, tone, currency, amount in cursor:
            if pile := found.get((campaign_id, tone)):
                pile.money[currency] = amount
    return list(found.values())


def all_of(some: Sequence[Pile]) -> Pile:
    """Their sum. A customer has one letter that waits at most, so customers add up too; currencies do not."""
    since = min((pile.since for pile in some if pile.since), default=None)
    money = totals((currency, amount) for pile in some for currency, amount in pile.money.items())
    letters, customers = sum(pile.letters for pile in some), sum(pile.customers for pile in some)
    return Pile(None, "", None, letters, customers, since, dict(sorted(money.items())))


def proposals(campaign_id: int | None = None, tone: int | None = None) -> QuerySet[Notice]:
    """The letters that wait, the oldest first; only those of one campaign or tone, when given."""
    rows = Notice.objects.filter(state=Notice.State.PROPOSED)
    if campaign_id is not None:
        rows = rows.filter(step__version__campaign=campaign_id)
    if tone is not None:
        rows = rows.filter(step__tone=tone)
    return rows.order_by("queued_at", "pk")


def for_the_list(rows: QuerySet[Notice]) -> QuerySet[Any]:
    """With customer and step, and why the engine would send each (`why`)."""
    why = StepRun.objects.filter(case=OuterRef("case"), step=OuterRef("step")).values("reason")[:1]
    return rows.select_related("customer", "step").annotate(why=Subquery(why))


def asked_of(notice: Notice) -> dict[str, Decimal]:
    """What the proposed letter asks for, per currency."""
    return totals((line["currency"], Decimal(line["balance"])) for line in notice.lines)


def decided_lately(now: datetime) -> list[tuple[str, int]]:
    """What was decided in the last 30 days: (words, number) for each verdict."""
    lately = ReviewDecision.objects.filter(decided_at__gte=now - timedelta(days=COUNTED_DAYS))
    found = dict(lately.values_list("verdict").annotate(Count("pk")).order_by())
    return [(str(verdict.label), found.get(verdict, 0)) for verdict in Verdict]


def progress(now: datetime) -> Progress:
    """How far what was released in the last 24 hours has come."""
    lately = ReviewDecision.objects.filter(decided_at__gte=now - timedelta(days=1), verdict__in=RELEASED)
    counts = lately.aggregate(
        released=Count("notice", distinct=True),
        leaving=Count("notice", distinct=True, filter=Q(notice__state__in=LEAVING)),
    )
    return Progress(**counts)


def step_words(step_id: int, channel: str, language: str) -> Words:
    """The step's words for this way and language, or in English when it has none."""
    texts = {text.language: text for text in StepText.objects.filter(step=step_id, channel=channel)}
    text = texts.get(language) or texts[DEFAULT_LANGUAGE]
    return Words(text.language, text.subject, text.body)


def words_of(notice: Notice) -> Words:
    """What this letter is made of: words of its own, or the step's."""
    if notice.own_body:
        return Words(notice.language, notice.own_subject, notice.own_body)
    return step_words(notice.step_id, notice.channel, notice.customer.language)
