"""Experiments that chance makes up, to see how often the method is wrong and how often it finds what is there."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from dunning.rules.experiments.planning import WEEKLY_LOOKS_COST, sample_per_arm
from dunning.rules.experiments.sequential import boundaries

NAIVE = 1.959964


@dataclass(frozen=True, slots=True)
class Simulated:
    """Shares of the experiments. `found`: a difference by the boundaries; `found_late`: looking once, at the end;
    `found_naively`: at any look, by the plain 5 % test."""

    per_arm: int
    found: float
    found_late: float
    found_naively: float
    looks_taken: float


def simulate(
    base_rate: float, effect: float, *, planned_effect: float, looks: int, experiments: int, seed: int
) -> Simulated:
    """`experiments` of two equal arms whose true difference is `effect`, planned for `planned_effect` at 80 % power.

    Rates are shares. An `effect` of 0 is an A/A experiment: whatever is found then is a false alarm.
    """
    import numpy as np

    chance = np.random.default_rng(seed)
    per_arm = ceil(sample_per_arm(base_rate, planned_effect) * WEEKLY_LOOKS_COST)
    sizes = np.diff(np.linspace(0, per_arm, looks + 1).round().astype(int))
    arms = [
        chance.binomial(sizes, rate, (experiments, looks)).cumsum(axis=1) for rate in (base_rate, base_rate + effect)
    ]
    z = np.abs(_z(arms[0], arms[1], sizes.cumsum()))
    crossed = z >= np.array(boundaries(tuple(float(part) for part in sizes.cumsum() / per_arm)))
    ended = np.where(crossed.any(axis=1), crossed.argmax(axis=1) + 1, looks)
    return Simulated(
        per_arm,
        float(crossed.any(axis=1).mean()),
        float((z[:, -1] >= NAIVE).mean()),
        float((z >= NAIVE).any(axis=1).mean()),
        float(ended.mean()),
    )


def _z(control: Any, arm: Any, size: Any) -> Any:
    """The pooled two-proportion z of each experiment at each look; 0 where all are alike."""
    import numpy as np

    pooled = (control + arm) / (2 * size)
    deviation = np.sqrt(2 * pooled * (1 - pooled) / size)
    return np.divide((arm - control) / size, deviation, out=np.zeros(deviation.shape), where=deviation > 0)
