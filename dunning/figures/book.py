"""All reports, in the order of the page, under the heading they belong to."""

from dunning.figures.called import CALLS
from dunning.figures.claimed import CLAIMS
from dunning.figures.disputed import DISPUTES
from dunning.figures.foreseen import FORECAST, FORECAST_PAST
from dunning.figures.given_up import WRITE_OFFS
from dunning.figures.head_room import ROOM
from dunning.figures.late import RECOVERY
from dunning.figures.lost import AT_RISK, CHURN
from dunning.figures.month_ends import DSO, ROLLS
from dunning.figures.months import MOVEMENTS
from dunning.figures.owed import AGEING
from dunning.figures.promised import PLANS, PROMISES
from dunning.figures.reached import STEPS
from dunning.figures.report import Report
from dunning.figures.spent import COSTS
from dunning.figures.tries import OUTCOMES, RETRIES
from dunning.figures.written import CHASES, DELIVERY, FEEDBACK

CHAPTERS: tuple[tuple[str, tuple[Report, ...]], ...] = (
    ("What is owed", (AGEING, MOVEMENTS, DSO, ROLLS, AT_RISK, WRITE_OFFS)),
    ("What came in", (RECOVERY, STEPS, FORECAST, FORECAST_PAST, CHURN)),
    ("Cards", (OUTCOMES, RETRIES, ROOM)),
    ("What was agreed", (PROMISES, PLANS, DISPUTES, CLAIMS, CALLS)),
    ("How we treat people", (CHASES, DELIVERY, FEEDBACK, COSTS)),
)
REPORTS = {report.key: report for _, reports in CHAPTERS for report in reports}
