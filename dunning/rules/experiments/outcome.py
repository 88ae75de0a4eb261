"""What came of an experiment so far: by intention to treat, each arm beside the control, with what is not known yet.

A customer counts in the arm that chance gave them, whatever happened since. Recovered means paid within the window;
only those whose window has passed are compared, so that none counts by how lately they came.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dunning.rules.experiments.planning import ERROR

FEW = 5  # with fewer in any cell the exact test is used
MISMATCH = 0.001  # chance divides as unevenly as this once in a thousand experiments


@dataclass(frozen=True, slots=True)
class Counted:
    """One arm in customers. `complete`: whose window has passed; `recovered`: of these. `harmed`: by kind."""

    arm_id: int
    name: str
    share: int
    is_control: bool
    is_hold_out: bool = False
    enrolled: int = 0
    complete: int = 0
    recovered: int = 0
    harmed: tuple[tuple[str, int], ...] = ()

    @property
    def rate(self) -> float | None:
        """The share recovered; None before any window has passed."""
        return self.recovered / self.complete if self.complete else None

    @property
    def in_progress(self) -> float:
        """The share whose window still runs."""
        return 1 - self.complete / self.enrolled if self.enrolled else 0.0


@dataclass(frozen=True, slots=True)
class Compared:
    """An arm beside the control. `low` to `high`: where the difference lies, with 95 %. `adjusted`: p by Holm."""

    arm: Counted
    difference: float
    low: float
    high: float
    p: float
    adjusted: float
    is_exact: bool

    @property
    def z(self) -> float:
        """The p-value as a distance, with the sign of the difference."""
        from scipy.stats import norm

        return float(norm.isf(max(self.p, 1e-300) / 2)) * (1 if self.difference >= 0 else -1)


def compare(control: Counted, arms: Sequence[Counted]) -> list[Compared]:
    """Each arm beside the control; nothing before windows have passed in both.

    Interval: R. G. Newcombe, Statistics in Medicine 17 (1998) 873, method 10. Test: two proportions, pooled z; R. A.
    Fisher's exact test where a cell has fewer than five. Several arms: S. Holm, Scand. J. Statistics 6 (1979) 65.
    """
    ready = [arm for arm in arms if arm.complete and control.complete]
    tests = [_test(control, arm) for arm in ready]
    adjusted = holm([p for p, _ in tests])
    return [
        Compared(arm, (arm.rate or 0) - (control.rate or 0), *_interval(control, arm), p, by_holm, is_exact)
        for arm, (p, is_exact), by_holm in zip(ready, tests, adjusted, strict=True)
    ]


def holm(values: Sequence[float]) -> list[float]:
    """P-values adjusted for their number, in their order."""
    from statsmodels.stats.multitest import multipletests

    return [float(p) for p in multipletests(list(values), method="holm")[1]] if values else []


def _test(control: Counted, arm: Counted) -> tuple[float, bool]:
    from scipy.stats import fisher_exact
    from statsmodels.stats.proportion import proportions_ztest

    cells = [[each.recovered, each.complete - each.recovered] for each in (arm, control)]
    if min(min(row) for row in cells) < FEW:
        return float(fisher_exact(cells)[1]), True
    return float(proportions_ztest([row[0] for row in cells], [sum(row) for row in cells])[1]), False


def _interval(control: Counted, arm: Counted) -> tuple[float, float]:
    from statsmodels.stats.proportion import confint_proportions_2indep

    counted = (arm.recovered, arm.complete, control.recovered, control.complete)
    low, high = confint_proportions_2indep(*counted, compare="diff", method="newcomb", alpha=ERROR)
    return float(low), float(high)


def sample_ratio(arms: Sequence[Counted]) -> float:
    """How likely chance divides the enrolled customers as unevenly as this: Pearson's chi-squared test; 1 for nobody.

    R. Kohavi, D. Tang and Y. Xu, Trustworthy Online Controlled Experiments (2020), ch. 21.
    """
    from scipy.stats import chisquare

    enrolled, shares = sum(arm.enrolled for arm in arms), sum(arm.share for arm in arms)
    if not enrolled:
        return 1.0
    return float(chisquare([arm.enrolled for arm in arms], [enrolled * arm.share / shares for arm in arms])[1])


def rate_interval(recovered: int, complete: int) -> tuple[float, float]:
    """Where a share lies with 95 %: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209."""
    from statsmodels.stats.proportion import proportion_confint

    if not complete:
        return 0.0, 1.0
    low, high = proportion_confint(recovered, complete, alpha=ERROR, method="wilson")
    return float(low), float(high)
