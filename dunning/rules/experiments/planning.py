"""How many customers an experiment needs, and how long that takes here."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

ERROR, POWER = 0.05, 0.80  # two-sided error, and the chance to see the smallest effect worth seeing
WEEKLY_LOOKS_COST = 1.06  # looking every week by O'Brien–Fleming-type spending; the simulator shows that it suffices
LEAST_CASES = 30  # fewer say nothing about the base rate …
UNKNOWN_RATE = 0.5  # … and a half asks for the most customers
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class History:
    """Of this campaign so far. `cases`: those whose window has passed; `a_week`: customers with a new case a week."""

    cases: int
    recovered: int
    a_week: float

    @property
    def base_rate(self) -> float:
        """The share recovered; a half where that is not known."""
        return self.recovered / self.cases if self.is_known else UNKNOWN_RATE

    @property
    def is_known(self) -> bool:
        """Enough cases to reckon with."""
        return self.cases >= LEAST_CASES


@dataclass(frozen=True, slots=True)
class Plan:
    """`total`: customers in all arms together; `weeks`: until the last window has passed, None without any volume."""

    base_rate: float
    effect: float
    total: int
    smallest_arm: int
    weeks: int | None


def sample_per_arm(base_rate: float, effect: float, *, ratio: float = 1.0, error: float = ERROR) -> int:
    """Customers in the control for a two-proportion z-test, two-sided, to see `effect` (a share) with 80 % power.

    `ratio`: how many times as many the other arm has. Fleiss, Levin and Paik, Statistical Methods for Rates and
    Proportions (2003), ch. 4, without continuity correction; as statsmodels computes it.
    """
    from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

    towards = effect if base_rate + effect < 1 else -effect
    in_arm = samplesize_proportions_2indep_onetail(towards, base_rate, POWER, ratio=1 / ratio, alpha=error)
    return ceil(float(in_arm) / ratio)


def plan(history: History, *, effect: float, shares: Sequence[int], window_days: int) -> Plan:
    """What the experiment needs here. `shares`: percent, the control's first; each other arm is compared with it."""
    control, *others = shares
    error = ERROR / max(1, len(others))  # Holm begins with this one
    in_control = [sample_per_arm(history.base_rate, effect, ratio=share / control, error=error) for share in others]
    total = ceil(max(in_control, default=0) * WEEKLY_LOOKS_COST * 100 / control)
    weeks = ceil(total / history.a_week + window_days / DAYS_A_WEEK) if history.a_week else None
    return Plan(history.base_rate, effect, total, total * min(shares) // 100, weeks)
