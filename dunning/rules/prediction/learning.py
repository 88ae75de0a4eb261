"""Learning the coefficients from what was seen. The only place of the prediction that needs a library."""

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median_high

from dunning.rules.prediction.books import STARTS, Cell, Seen
from dunning.rules.prediction.model import RULES, Model

LEAST_PAID = 200  # fewer payments teach nothing that the rules do not know
LEAST_SEEN = 20  # a feature that is rarer is left at nothing
RIDGE = 1.0  # draws coefficients towards nothing, as one doubtful observation would
LEFT_OUT = ("amount usual", "habit new", "letters 0", "way none", "way email")  # what the others are compared with

Counts = Mapping[tuple[Cell, bool], int]


def counted(outcomes: Iterable[Seen], until: date) -> Counter[tuple[Cell, bool]]:
    """How often each was seen in periods that were over by then."""
    return Counter((one.cell, one.is_paid) for one in outcomes if one.over_on <= until)


def paid_in(seen: Counts) -> int:
    """How many payments were seen."""
    return sum(number for (_, is_paid), number in seen.items() if is_paid)


def learn(seen: Counts, *, name: str) -> Model:
    """The model that fits what was seen; RULES where that is too little.

    Logistic regression on grouped counts with a small ridge penalty (A. E. Hoerl and R. W. Kennard 1970), so that a
    feature which always or never went with payment gets no endless weight.
    """
    if paid_in(seen) < LEAST_PAID:
        return RULES
    names = _names(seen)
    weights = _fitted(seen, names)
    return Model(name, dict(zip(names, weights, strict=True)), _letters(seen))


def _names(seen: Counts) -> list[str]:
    often: Counter[str] = Counter()
    for (cell, _), number in seen.items():
        for feature in cell.features:
            often[feature] += number
    periods = [f"period {place}" for place in range(len(STARTS))]
    rest = sorted(name for name, number in often.items() if number >= LEAST_SEEN and not name.startswith("period "))
    return [*periods, *(name for name in rest if name not in LEFT_OUT)]


def _fitted(seen: Counts, names: list[str]) -> list[float]:
    import numpy as np
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    cells: dict[Cell, list[int]] = defaultdict(lambda: [0, 0])
    for (cell, is_paid), number in seen.items():
        cells[cell][not is_paid] += number
    place = {name: column for column, name in enumerate(names)}
    design = np.zeros((len(cells), len(names)))
    for row, cell in enumerate(cells):
        design[row, [place[name] for name in cell.features if name in place]] = 1
    paid, all_seen = np.array([c[0] for c in cells.values()], float), np.array([sum(c) for c in cells.values()], float)
    model = GLM(paid / all_seen, design, family=Binomial(), var_weights=all_seen)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about standard errors, which are not used
        found = model.fit_regularized(alpha=RIDGE / len(cells), L1_wt=0.0)
    return [round(float(weight), 4) for weight in found.params]


def _letters(seen: Counts) -> tuple[int, ...]:
    by_period: dict[int, list[int]] = defaultdict(list)
    for (cell, _), number in seen.items():
        by_period[cell.period] += [cell.letters] * number
    return tuple(median_high(by_period[place]) if by_period[place] else RULES.letters[place] for place in range(9))
