"""What customers think of our letters, counted: of one text, beside what the checker says of it, and of all."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q

from dunning.models import Feedback
from dunning.rules.feedback import WHY_LATE

LOOKED_BACK = timedelta(days=365)
UNCLEAR, UNKIND = Q(is_clear=False), Q(is_kind=False)
RATED = Q(is_clear__isnull=False) | Q(is_kind__isnull=False)


class Opinions(NamedTuple):
    """How many rated it, and how many of them found it unclear or unkind."""

    rated: int
    unclear: int
    unkind: int


def opinions_of(template_id: int, *, now: datetime) -> dict[str, Opinions]:
    """Language → what its readers of the last year said of this text, whatever its wording was; one query."""
    given = Feedback.objects.filter(RATED, step__template=template_id, given_at__gt=now - LOOKED_BACK)
    counts = {"rated": Count("pk"), "unclear": Count("pk", filter=UNCLEAR), "unkind": Count("pk", filter=UNKIND)}
    rows = given.values_list("language").order_by("language").annotate(**counts)
    return {language: Opinions(rated, unclear, unkind) for language, rated, unclear, unkind in rows}


class Answers(NamedTuple):
    """What was answered in a year; `why_late`: (why, how often), the most frequent first."""

    number: int
    opinions: Opinions
    why_late: list[tuple[str, int]]


def answers(*, now: datetime) -> Answers:
    """Of all customers; two queries."""
    given = Feedback.objects.filter(given_at__gt=now - LOOKED_BACK)
    counted = given.aggregate(
        number=Count("pk"),
        rated=Count("pk", filter=RATED),
        unclear=Count("pk", filter=UNCLEAR),
        unkind=Count("pk", filter=UNKIND),
    )
    number, words = counted.pop("number"), dict(WHY_LATE)
    reasons = given.exclude(why_late="").values_list("why_late").annotate(times=Count("pk")).order_by("-times")
    return Answers(number, Opinions(**counted), [(words[why], times) for why, times in reasons])
