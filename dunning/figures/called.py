"""Phone calls: how many reached somebody, and how many led to a promise."""

from dunning.figures.asking import BY_CUSTOMER, BY_MONTH
from dunning.figures.columns import Column, Kind, Share, Unit
from dunning.figures.report import NOT_YET, Report

UNIT = Unit(
    sql="""
  SELECT called.id, called.customer_id, coalesce(nullif(called.note, ''), 'call') AS label,
    (called.called_at AT TIME ZONE 'UTC')::date AS on_day, '' AS currency, NULL::numeric AS amount, called.is_talk,
    coalesce(person.username, 'nobody named') AS caller, called.is_talk AND EXISTS (
      SELECT 1 FROM customers_hold hold WHERE hold.customer_id = called.customer_id AND hold.kind = 'promise'
        AND hold.placed_at >= called.called_at - interval '1 hour'
        AND hold.placed_at < called.called_at + interval '1 day' AND hold.placed_at < %(end)s) AS is_promised
  FROM dunning_call called LEFT JOIN auth_user person ON person.id = called.called_by_id
  WHERE called.called_at >= %(first_at)s AND called.called_at < %(end)s
    AND (called.called_at AT TIME ZONE 'UTC')::date <= %(until)s
""",
    page="dunning_call",
    noun="call",
    measures={
        "called": "count(*)",
        "reached": "count(*) FILTER (WHERE unit.is_talk)",
        "promised": "count(*) FILTER (WHERE unit.is_promised)",
    },
    groups={
        **BY_MONTH,
        "caller": ("caller", "unit.caller"),
        **BY_CUSTOMER,
    },
)
COLUMNS = (
    Column("called", "Calls", Kind.COUNT, lambda m: m["called"], only="TRUE"),
    Column("reached", "Reached somebody", Kind.SHARE, lambda m: Share(m["reached"], m["called"]), "unit.is_talk"),
    Column(
        "promised", "Promise, of those", Kind.SHARE, lambda m: Share(m["promised"], m["reached"]), "unit.is_promised"
    ),
)

CALLS = Report(
    key="calls",
    title="Calls",
    asks="Do our calls reach people, and do they lead to a promise?",
    definition=(
        "Reached somebody: answered and talked, of all calls made (not of those answered). Who answers is taken to be "
        "the right person.",
        "Promise: one was recorded from an hour before until a day after the call began, of those reached.",
    ),
    cohort="Calls by their day within the period.",
    in_progress=NOT_YET,
    columns=COLUMNS,
    drawn="reached",
    filters=("segment", "country"),
    unit=UNIT,
)
