"""Experiments in numbers: what each arm came to, customer by customer, and what the campaign's past lets one plan."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from django.db import connection

from dunning.models import Arm, Experiment
from dunning.rules.experiments.outcome import Counted
from dunning.rules.experiments.planning import History, Plan, plan
from dunning.snapshot.harms import after_money

PAST, LATELY = timedelta(days=365), timedelta(weeks=12)
# Recovered: paid within the window.
COUNTED = f"""
WITH takes_part AS (
  SELECT enrolment.*, enrolled_at + %(window)s AS ends_at FROM dunning_enrolment enrolment
  WHERE experiment_id = %(experiment)s
), seen AS (
  SELECT arm_id, ends_at <= %(now)s AS is_complete,
    state = 'closed' AND ending IN ('settled', 'cured') AND closed_at <= ends_at AS is_recovered,
    EXISTS (
      SELECT 1 FROM customers_contactstop stop
      WHERE stop.customer_id = part.customer_id AND stop.since BETWEEN enrolled_at AND ends_at) AS opt_out,
    EXISTS (
      SELECT 1 FROM dunning_notice notice JOIN dunning_deliveryevent told ON told.notice_id = notice.id
      WHERE notice.case_id = part.case_id AND told.kind = 'complained') AS complaint,
    EXISTS (
      SELECT 1 FROM dunning_feedback said
      WHERE said.case_id = part.case_id AND (NOT is_clear OR NOT is_kind)) AS unhappy,
    EXISTS (
      SELECT 1 FROM dunning_notice notice JOIN dunning_step step ON step.id = notice.step_id AND step.kind = 'reminder'
      WHERE notice.case_id = part.case_id AND notice.state IN ('calling', 'sent', 'in_doubt')
        AND {after_money("notice.calling_at", "%(now)s")}) AS wrongful
  FROM takes_part part JOIN dunning_case ON dunning_case.id = part.case_id
)
SELECT arm.id, name, share, is_control, is_hold_out, count(seen.arm_id), count(*) FILTER (WHERE is_complete),
  count(*) FILTER (WHERE is_complete AND is_recovered), count(*) FILTER (WHERE opt_out),
  count(*) FILTER (WHERE complaint), count(*) FILTER (WHERE unhappy), count(*) FILTER (WHERE wrongful)
FROM dunning_arm arm LEFT JOIN seen ON seen.arm_id = arm.id
WHERE arm.experiment_id = %(experiment)s GROUP BY arm.id ORDER BY NOT is_control, arm.id
"""
HARMS = ("opt_out", "complaint", "unhappy", "wrongful")
# The first case of each customer within the year, as an experiment would count them.
PAST_CASES = """
WITH first AS (
  SELECT DISTINCT ON (customer_id) opened_at,
    state = 'closed' AND ending IN ('settled', 'cured') AND closed_at <= opened_at + %(window)s AS is_recovered
  FROM dunning_case JOIN dunning_campaignversion version ON version.id = version_id
  WHERE version.campaign_id = %(campaign)s AND about = '' AND opened_at > %(since)s ORDER BY customer_id, opened_at
), lately AS (
  SELECT count(DISTINCT customer_id) AS customers, min(opened_at) AS since
  FROM dunning_case JOIN dunning_campaignversion version ON version.id = version_id
  WHERE version.campaign_id = %(campaign)s AND about = '' AND opened_at > %(lately)s
)
SELECT count(*) FILTER (WHERE opened_at + %(window)s <= %(now)s),
  count(*) FILTER (WHERE opened_at + %(window)s <= %(now)s AND is_recovered),
  (SELECT customers FROM lately), (SELECT since FROM lately)
FROM first
"""


def counted(experiment: Experiment, *, now: datetime) -> list[Counted]:
    """Each arm with its customers at `now`, the control first: one query, whose cost grows with those enrolled."""
    window: Any = timedelta(days=experiment.window_days)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"experiment": experiment.pk, "window": window, "now": now})
        return [_of_arm(row) for row in cursor]


def _of_arm(row: tuple[Any, ...]) -> Counted:
    *arm, opt_out, complaint, unhappy, wrongful = row
    harmed = tuple(zip(HARMS, (opt_out, complaint, unhappy, wrongful), strict=True))
    return replace(Counted(*arm), harmed=harmed)


def fractions_of(experiment: Experiment) -> list[float]:
    """How much of the planned information was there at each look."""
    return list(experiment.looks.order_by("number").values_list("fraction", flat=True))


def history_of(experiment: Experiment, *, now: datetime) -> History:
    """The last year of the campaign, and the customers who come each week, of the last twelve: one query."""
    asked: dict[str, Any] = {
        "campaign": experiment.campaign_id,
        "window": timedelta(days=experiment.window_days),
        "since": now - PAST,
        "lately": now - LATELY,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(PAST_CASES, asked)
        cases, recovered, customers, since = cursor.fetchone()
    weeks = max(1.0, (now - since) / timedelta(weeks=1)) if since else 1.0
    return History(cases, recovered, customers / weeks)


def plan_of(experiment: Experiment, arms: Sequence[Arm], *, now: datetime) -> Plan:
    """What the experiment needs here; the control comes first among `arms`."""
    shares = [arm.share for arm in arms]
    history = history_of(experiment, now=now)
    return plan(history, effect=experiment.smallest_effect / 100, shares=shares, window_days=experiment.window_days)


def ends_on(experiment: Experiment, enrolled: int, *, now: datetime) -> date | None:
    """When the last window passes, at the pace so far; None where nobody new comes."""
    window = timedelta(days=experiment.window_days)
    if experiment.full_at:
        return (experiment.full_at + window).date()
    days = (now - experiment.started_at) / timedelta(days=1) if experiment.started_at else 0
    if not enrolled or not days:
        return None
    missing = max(0, (experiment.planned or 0) - enrolled)
    return (now + window + timedelta(days=ceil(missing * days / enrolled))).date()


def to_settle() -> int:
    """Experiments that ended by themselves and wait for a manager."""
    return Experiment.objects.filter(ended_at__isnull=False, settled_at=None).count()
