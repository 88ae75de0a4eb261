"""What follows each reminder: one row per reminder and invoice it named, until the next one that names it."""

from dunning.figures.asking import BY_CUSTOMER
from dunning.figures.columns import Column, Kind, Share, Unit
from dunning.figures.question import DAY
from dunning.figures.report import Report
from dunning.rules.figures.shares import rate

STEP = "campaign.name || ', day ' || to_char(step.offset_days, 'FMSG990') || ', ' || {tone}"
TONES = "(ARRAY['friendly', 'clear', 'firm', 'formal'])[step.tone]"
BY_VERSION = {"version": "unit.version_id::text"}  # as the form names it
# A step that went by several ways or to several people is one: the way it went last stands for it (`is_last`), and what
# is counted runs from its first letter until another step names the invoice.
REACHED = f"""
  SELECT reach.id, reach.customer_id, invoice.number AS label, reach.on_day, reach.currency, reach.asked AS amount,
    reach.channel, reach.language, template.name AS template, version.id AS version_id,
    campaign.name || ' v' || version.number AS version, {TONES} AS tone, {STEP.format(tone=TONES)} AS step,
    reach.is_last, greatest(money.came, 0) AS came, coalesce(money.left_open <= 0 AND money.came > 0, FALSE)
      AND reach.is_last AS is_settled, reach.next_on IS NULL AND money.left_open > 0 AND reach.is_last AS is_open
  FROM (
    SELECT named.*, (first_at AT TIME ZONE 'UTC')::date AS on_day, (min(first_at) OVER (
      PARTITION BY invoice_id ORDER BY first_at, case_id, step_id
      GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AT TIME ZONE 'UTC')::date AS next_on
    FROM (
      SELECT notice.id, notice.customer_id, notice.case_id, notice.step_id, notice.channel, notice.language,
        (line->>'invoice_id')::bigint AS invoice_id, line->>'currency' AS currency,
        (line->>'balance')::numeric AS asked, min(notice.finished_at) OVER one AS first_at,
        lead(notice.id) OVER (one ORDER BY notice.finished_at, notice.id) IS NULL AS is_last
      FROM dunning_notice notice JOIN dunning_step step ON step.id = notice.step_id AND step.kind = 'reminder'
      CROSS JOIN jsonb_array_elements(notice.lines) AS line
      WHERE notice.state = 'sent' AND notice.finished_at >= %(first_at)s AND notice.finished_at < %(end)s
        AND step.offset_days >= 0
      WINDOW one AS (PARTITION BY notice.case_id, notice.step_id, line->>'invoice_id')) AS named) AS reach
  JOIN customers_invoice invoice ON invoice.id = reach.invoice_id
  JOIN dunning_step step ON step.id = reach.step_id
  JOIN dunning_campaignversion version ON version.id = step.version_id
  JOIN dunning_campaign campaign ON campaign.id = version.campaign_id
  JOIN dunning_template template ON template.id = step.template_id
  CROSS JOIN LATERAL (
    SELECT sum(entry.amount) FILTER (WHERE reach.next_on IS NULL OR {DAY} < reach.next_on) AS left_open,
      -coalesce(sum(entry.amount) FILTER (WHERE entry.kind IN ('paid', 'refunded') AND {DAY} >= reach.on_day
        AND (reach.next_on IS NULL OR {DAY} < reach.next_on)), 0) AS came
    FROM customers_ledgerentry entry WHERE entry.invoice_id = reach.invoice_id AND {DAY} <= %(as_of)s) AS money
  WHERE reach.on_day <= %(until)s
"""
UNIT = Unit(
    sql=REACHED,
    page="dunning_notice",
    noun="reminder and invoice",
    measures={
        "reached": "count(*) FILTER (WHERE unit.is_last)",
        "settled": "count(*) FILTER (WHERE unit.is_settled)",
        "open": "count(*) FILTER (WHERE unit.is_open)",
        "asked": "coalesce(sum(unit.amount) FILTER (WHERE unit.is_last), 0)",
        "came": "coalesce(sum(unit.came) FILTER (WHERE unit.is_last), 0)",
        "messages": "count(DISTINCT unit.id)",
    },
    groups={
        "step": ("step", "unit.step"),
        "channel": ("channel", "replace(unit.channel, '_', ' ')"),
        "template": ("text", "unit.template"),
        "tone": ("tone", "unit.tone"),
        "language": ("language", "unit.language"),
        "version": ("campaign version", "unit.version"),
        "segment": BY_CUSTOMER["segment"],
        "country": BY_CUSTOMER["country"],
    },
    filters={"channel": "unit.channel", **BY_VERSION},
)
COLUMNS = (
    Column("messages", "Messages", Kind.COUNT, lambda m: m["messages"], "TRUE", each="unit.id"),
    Column("reached", "Reminders of an invoice", Kind.COUNT, lambda m: m["reached"], only="unit.is_last"),
    Column(
        "settled",
        "Paid before the next",
        Kind.SHARE,
        lambda m: Share(m["settled"], m["reached"], is_each=False),
        "unit.is_settled",
    ),
    Column("open", "In progress", Kind.SHARE, lambda m: Share(m["open"], m["reached"], is_each=False), "unit.is_open"),
    Column("asked", "Asked for", Kind.MONEY, lambda m: m["asked"]),
    Column("came", "Came in", Kind.MONEY, lambda m: m["came"], "unit.came > 0 AND unit.is_last"),
    Column(
        "came_share", "Came in, of the amount", Kind.SHARE, lambda m: Share(m["came"], m["asked"], is_counted=False)
    ),
    Column("each", "Messages per paid invoice", Kind.NUMBER, lambda m: rate(m["messages"], m["settled"])),
)

STEPS = Report(
    key="steps",
    title="Steps, channels and texts",
    asks="What came in after each reminder, before the next one?",
    definition=(
        "One count for each invoice that a reminder named; a step that went by several ways counts once, for the way "
        "it went last. Paid before the next: settled, with money that came on the day of the reminder or later and "
        "before another step names the invoice.",
        "It describes what followed. Whoever would have paid anyway is counted, too: only an experiment tells the "
        "difference.",
    ),
    cohort="Reminders sent within the period, on or after the due date. Thank-you letters and notices ahead are left "
    "out.",
    in_progress="Invoices that are still open and were not reminded again stay in the whole; their share stands "
    "beside.",
    columns=COLUMNS,
    interval="No interval: invoices that one letter names are often paid together.",
    drawn="settled",
    filters=("version", "segment", "currency", "country", "channel"),
    unit=UNIT,
    span=90,
)
