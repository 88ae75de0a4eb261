"""Promises to pay and instalment plans, and whether they were kept."""

from dunning.figures.asking import BY_CUSTOMER, BY_MONTH
from dunning.figures.columns import Column, Kind, Share, Unit
from dunning.figures.question import DAY
from dunning.figures.report import Report
from dunning.rules.figures.promises import TOLERANCE
from dunning.snapshot.promises import judged

PROMISED = judged("hold.placed_at < %(end)s AND hold.until_on BETWEEN %(first)s AND %(last)s", DAY)


def _states(*names: str) -> dict[str, str]:
    return {
        **{name.replace(" ", "_"): f"count(*) FILTER (WHERE unit.state = '{name}')" for name in names},
        **{
            f"{name.replace(' ', '_')}_amount": f"coalesce(sum(unit.amount) FILTER (WHERE unit.state = '{name}'), 0)"
            for name in names
        },
    }


PROMISE_UNIT = Unit(
    sql=f"SELECT promise.*, promise.reason AS label, promise.until_on AS on_day FROM ({PROMISED}) AS promise",
    page="customers_hold",
    noun="promise",
    measures={"made": "count(*)", "amount": "sum(unit.amount)", **_states("kept", "broken", "running", "taken back")},
    groups={**BY_MONTH, **BY_CUSTOMER},
)
PROMISE_COLUMNS = (
    Column("made", "Promises", Kind.COUNT, lambda m: m["made"], only="TRUE"),
    Column("amount", "Promised", Kind.MONEY, lambda m: m["amount"]),
    Column("kept", "Kept", Kind.SHARE, lambda m: Share(m["kept"], m["kept"] + m["broken"]), only="unit.state = 'kept'"),
    Column(
        "kept_amount",
        "Kept, of the amount",
        Kind.SHARE,
        lambda m: Share(m["kept_amount"], m["kept_amount"] + m["broken_amount"], is_counted=False),
    ),
    Column("broken", "Broken", Kind.COUNT, lambda m: m["broken"], only="unit.state = 'broken'"),
    Column("running", "Not due yet", Kind.COUNT, lambda m: m["running"], only="unit.state = 'running'"),
    Column("running_amount", "Not due yet", Kind.MONEY, lambda m: m["running_amount"]),
    Column("taken_back", "Taken back", Kind.COUNT, lambda m: m["taken_back"], only="unit.state = 'taken back'"),
)

PROMISES = Report(
    key="promises",
    title="Promises",
    asks="Do customers pay when they said they would?",
    definition=(
        "Promised: what was open of the invoice, or of all that was due, at the moment of the promise, less credits "
        f"since. Kept: at least 95 % of it was paid by the day and {TOLERANCE.days} days for the bank.",
        "Share kept: of those whose day has come. Put off to another day: broken once. Taken back, or credited "
        "altogether: left out.",
    ),
    cohort="Promises by the day they were for, within the period.",
    in_progress="What is not due yet stands beside and is not in the share.",
    columns=PROMISE_COLUMNS,
    drawn="kept",
    unit=PROMISE_UNIT,
)
PLAN_UNIT = Unit(
    sql="""
  SELECT plan.id, plan.customer_id, 'plan of ' || plan.began_on AS label, plan.began_on AS on_day, plan.currency,
    plan.amount, CASE WHEN plan.ended_at < %(end)s THEN plan.state ELSE 'active' END AS state
  FROM payments_instalmentplan plan
  WHERE plan.began_on BETWEEN %(first)s AND %(until)s AND plan.made_at < %(end)s
""",
    page="payments_instalmentplan",
    noun="plan",
    measures={"made": "count(*)", "amount": "sum(unit.amount)", **_states("kept", "broken", "active", "ended")},
    groups={**BY_MONTH, **BY_CUSTOMER},
)
PLAN_COLUMNS = (
    Column("made", "Plans", Kind.COUNT, lambda m: m["made"], only="TRUE"),
    Column("amount", "Agreed", Kind.MONEY, lambda m: m["amount"]),
    Column("kept", "Kept", Kind.SHARE, lambda m: Share(m["kept"], m["kept"] + m["broken"]), "unit.state = 'kept'"),
    Column("broken", "Broken", Kind.COUNT, lambda m: m["broken"], only="unit.state = 'broken'"),
    Column("active", "In progress", Kind.SHARE, lambda m: Share(m["active"], m["made"]), "unit.state = 'active'"),
    Column("ended", "Ended by the desk", Kind.COUNT, lambda m: m["ended"], only="unit.state = 'ended'"),
)

PLANS = Report(
    key="plans",
    title="Instalment plans",
    asks="Are instalment plans kept?",
    definition=("Share kept: kept ÷ kept and broken. A plan is broken by itself when an instalment is too late.",),
    cohort="Plans by the day on which they began, within the period.",
    in_progress="Plans under way are not in the share; theirs stands beside.",
    columns=PLAN_COLUMNS,
    drawn="kept",
    unit=PLAN_UNIT,
)
