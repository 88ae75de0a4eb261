"""Half a year's figures about letters, calls and charges, for the suggestions: six queries, and four per campaign."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from dunning.models import CampaignVersion, Step
from dunning.queries.versions import written
from dunning.rules.experiments.required import required
from dunning.rules.suggestions import CallsSeen, LetterSeen, TriesSeen
from dunning.rules.triggers import FORESEEN
from dunning.rules.words import StepKind
from dunning.snapshot.harms import stopped
from payments.rules.local_hours import DAYTIME

PAST, FORTNIGHT = timedelta(days=180), timedelta(days=14)
# A letter is counted once the fortnight after it is over; the last one before the payment has it.
LETTERS = f"""
WITH letter AS (
  SELECT notice.* FROM dunning_notice notice JOIN dunning_step step ON step.id = notice.step_id
  WHERE step.version_id = ANY(%(versions)s) AND step.kind = 'reminder' AND state = 'sent'
    AND finished_at BETWEEN %(since)s AND %(until)s
)
SELECT step_id, count(*), count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM dunning_case ended
    WHERE ended.id = letter.case_id AND ending IN ('settled', 'cured')
      AND closed_at BETWEEN letter.finished_at AND letter.finished_at + %(fortnight)s
      AND NOT EXISTS (
        SELECT 1 FROM dunning_notice later JOIN dunning_step of ON of.id = later.step_id AND of.kind = 'reminder'
        WHERE later.case_id = letter.case_id AND later.state = 'sent' AND later.id <> letter.id
          AND later.finished_at BETWEEN letter.finished_at AND ended.closed_at))),
  count(*) FILTER (WHERE EXISTS (
      SELECT 1 FROM dunning_deliveryevent told WHERE told.notice_id = letter.id AND told.kind = 'complained')
    OR EXISTS (
      SELECT 1 FROM dunning_feedback said WHERE said.notice_id = letter.id AND NOT is_kind)
    OR {stopped("letter", "%(now)s")}),
  (SELECT count(*) FROM dunning_feedback said
   WHERE said.step_id = letter.step_id AND is_clear IS NOT NULL AND given_at BETWEEN %(since)s AND %(now)s),
  (SELECT count(*) FROM dunning_feedback said
   WHERE said.step_id = letter.step_id AND NOT is_clear AND given_at BETWEEN %(since)s AND %(now)s)
FROM letter GROUP BY step_id ORDER BY step_id
"""
CALLS = """
SELECT run.step_id, customer.segment, count(*), count(*) FILTER (WHERE ending IN ('settled', 'cured')
  AND closed_at <= task.created_at + %(fortnight)s AND NOT EXISTS (
    SELECT 1 FROM dunning_call call
    WHERE call.customer_id = customer.id AND call.called_at BETWEEN task.created_at AND closed_at))
FROM dunning_task task
JOIN dunning_steprun run ON run.id = task.run_id JOIN dunning_step step ON step.id = run.step_id
JOIN dunning_case ON dunning_case.id = task.case_id
JOIN customers_customer customer ON customer.id = dunning_case.customer_id
WHERE task.kind = 'call' AND step.version_id = ANY(%(versions)s) AND task.created_at BETWEEN %(since)s AND %(until)s
GROUP BY 1, 2 ORDER BY 1, 2
"""
# Under whichever version of these campaigns, on the customer's clock; only in hours that a campaign may leave out.
TRIES = """
WITH try AS (
  SELECT followed.id AS version_id, attempt.state, extract(hour FROM started_at AT TIME ZONE CASE
    WHEN time_zone IN (SELECT name FROM pg_timezone_names) THEN time_zone ELSE 'UTC' END)::int AS hour
  FROM payments_chargeattempt attempt
  JOIN customers_customer customer ON customer.id = attempt.customer_id
  JOIN dunning_case ON dunning_case.customer_id = customer.id AND about = ''
    AND started_at >= opened_at AND (closed_at IS NULL OR started_at <= closed_at)
  JOIN dunning_campaignversion version ON version.id = dunning_case.version_id
  JOIN dunning_campaignversion followed
    ON followed.id = ANY(%(versions)s) AND followed.campaign_id = version.campaign_id
  WHERE NOT is_attended AND NOT is_elsewhere AND attempt.state IN ('succeeded', 'declined')
    AND started_at BETWEEN %(since)s AND %(now)s
)
SELECT version_id, hour, count(*), count(*) FILTER (WHERE state = 'succeeded') FROM try
WHERE hour BETWEEN %(from)s AND %(until_hour)s GROUP BY 1, 2 ORDER BY 1, 2
"""


def followed() -> list[CampaignVersion]:
    """What new cases of each active campaign about debts follow."""
    published = CampaignVersion.objects.filter(campaign__is_active=True, published_at__isnull=False, is_variant=False)
    newest = published.exclude(campaign__trigger__in=FORESEEN).order_by("campaign", "-number").distinct("campaign")
    return list(newest.select_related("campaign"))


def letters_seen(versions: Iterable[CampaignVersion], *, now: datetime) -> list[LetterSeen]:
    """Each reminder step of these versions that has left lately."""
    versions = list(versions)
    steps = {step.pk: step for step in Step.objects.filter(version__in=versions)}
    kept = {(version.pk, step.position) for version in versions for step in _kept(version)}
    return [
        _letter(steps[pk], counts, (steps[pk].version_id, steps[pk].position) in kept)
        for pk, *counts in _rows(LETTERS, versions, now)
    ]


def _letter(step: Step, counts: list[int], is_kept: bool) -> LetterSeen:
    sent, paid, annoyed, answers, unclear = counts
    return LetterSeen(step.pk, str(step), sent, paid, annoyed, answers, unclear, is_kept)


def _kept(version: CampaignVersion) -> Iterable[Any]:
    """What may not be left out: what law asks for, and the only letter there is."""
    whole = written(version).steps
    reminders = [step for step in whole if step.kind is StepKind.REMINDER]
    return (*required(whole), *(reminders if len(reminders) == 1 else ()))


def calls_seen(versions: Iterable[CampaignVersion], *, now: datetime) -> list[CallsSeen]:
    """Each call step of these versions, by segment."""
    versions = list(versions)
    steps = {step.pk: str(step) for step in Step.objects.filter(version__in=versions)}
    return [CallsSeen(pk, steps[pk], *counts) for pk, *counts in _rows(CALLS, versions, now)]


def tries_seen(versions: Iterable[CampaignVersion], *, now: datetime) -> list[TriesSeen]:
    """Charges that nobody was at the screen for, by hour, under each of these campaigns that charges cards."""
    versions = list(versions)
    charging = Step.objects.filter(version__in=versions, kind=StepKind.CHARGE).order_by("version", "position")
    first = {step.version_id: step for step in charging.distinct("version")}
    return [
        TriesSeen(first[version_id].pk, str(first[version_id]), *counts)
        for version_id, *counts in _rows(TRIES, versions, now)
        if version_id in first
    ]


def _rows(statement: str, versions: list[CampaignVersion], now: datetime) -> list[tuple[Any, ...]]:
    asked: dict[str, Any] = {"versions": [version.pk for version in versions], "fortnight": FORTNIGHT}
    with connection.cursor() as cursor:
        times = {"now": now, "since": now - PAST, "until": now - FORTNIGHT}
        cursor.execute(statement, {**asked, **times, "from": DAYTIME[0], "until_hour": DAYTIME[-1]})
        return list(cursor.fetchall())
