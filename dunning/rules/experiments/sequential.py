"""Looking more than once without naming a winner too early: group-sequential boundaries.

Method: K. K. G. Lan and D. L. DeMets, Discrete sequential boundaries for clinical trials, Biometrika 70 (1983), with
their O'Brien–Fleming-type spending function. It spends almost nothing early, needs no fixed number of looks, and the
looks need only not depend on what was seen. Computed by the recursion of P. Armitage, C. K. McPherson and B. C. Rowe,
Repeated significance tests on accumulating data, J. R. Stat. Soc. A 132 (1969).
"""

from collections.abc import Sequence
from functools import lru_cache
from math import inf, sqrt
from typing import Any

from dunning.rules.experiments.planning import ERROR

GRID = 601  # points at which the density is kept: three decimals of the boundary
FURTHEST = 8.0  # standard deviations; what lies beyond happens to nobody


def spent(fraction: float, error: float = ERROR) -> float:
    """How much of the two-sided error may be spent by the time this fraction of the information is there."""
    from scipy.stats import norm

    return float(4 * norm.sf(norm.isf(error / 4) / sqrt(fraction))) if fraction > 0 else 0.0


def boundary(fractions: Sequence[float], error: float = ERROR) -> float:
    """How large |z| must be at the last of these looks; `fractions` rise and end at 1 at most."""
    return boundaries(tuple(fractions), error)[-1]


@lru_cache(maxsize=256)
def boundaries(fractions: tuple[float, ...], error: float = ERROR) -> tuple[float, ...]:
    """How large |z| must be at each look, so that all together are wrong with the probability `error` only."""
    import numpy as np

    found: list[float] = []
    points, weights, before, used = np.zeros(1), np.ones(1), 0.0, 0.0
    for fraction in fractions:
        may_spend, step = spent(fraction, error) - used, sqrt(fraction - before)
        limit = _limit(points, weights, step, may_spend, FURTHEST * sqrt(fraction))
        points, weights = _continue(points, weights, step, min(limit, FURTHEST * sqrt(fraction)))
        found.append(limit / sqrt(fraction))
        before, used = fraction, used + (may_spend if limit < inf else 0.0)
    return tuple(found)


def _limit(points: Any, weights: Any, step: float, may_spend: float, furthest: float) -> float:
    """Where the share of what has not stopped yet that lies outside is what may be spent; nowhere when that is none."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    def too_much(limit: float) -> float:
        return float(2 * (weights @ ndtr((points - limit) / step)) - may_spend)

    return float(brentq(too_much, 0.0, furthest, xtol=1e-6)) if too_much(furthest) < 0 else inf


def _continue(points: Any, weights: Any, step: float, limit: float) -> tuple[Any, Any]:
    """The density within the limits at this look, on a grid, times the distance between its points."""
    import numpy as np

    grid = np.linspace(-limit, limit, GRID)
    apart = grid[1] - grid[0]
    density = np.exp(-(((grid[:, None] - points[None, :]) / step) ** 2) / 2) @ weights / (step * sqrt(2 * np.pi))
    density[[0, -1]] /= 2
    return grid, density * apart
