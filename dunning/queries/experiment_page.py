"""What the page of an experiment shows: the plan before it starts, then what each arm came to, in plain words."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format

from customers.wording import counted as so_many
from dunning.models import Experiment, Look
from dunning.queries.experiments import counted, ends_on, history_of, plan_of
from dunning.rules.experiments.outcome import MISMATCH, Compared, Counted, compare, rate_interval, sample_ratio
from dunning.rules.experiments.planning import History, Plan
from dunning.rules.experiments.sequential import FURTHEST
from dunning.rules.experiments.verdict import HARMS, progress

COLOURS = ("#64748b", "#2f686d", "#f97316", "#8dbfc1", "#b42318")
CHART_OPTIONS = {
    "maintainAspectRatio": False,
    "animation": False,
    "plugins": {"legend": {"position": "bottom", "labels": {"boxWidth": 12}}},
    "scales": {"y": {"min": 0, "max": 100, "title": {"display": True, "text": "% recovered"}}},
}


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One arm in words. `difference` and `p` are empty of the control, and `p` while the experiment runs."""

    name: str
    is_control: bool
    share: int
    enrolled: int
    in_progress: str
    complete: int
    recovered: int
    rate: str
    between: str
    difference: str
    p: str
    harms: list[str]


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look: how much was known; of each arm how far from the control it was, and had to be."""

    number: int
    looked_at: datetime
    known: str
    apart: str


def plan_words(experiment: Experiment, *, now: datetime) -> list[str]:
    """How many customers it needs and how long that takes here; what the numbers rest on."""
    arms = list(experiment.arms.order_by("-is_control", "pk"))
    if len(arms) < 2:
        return ["Name two arms at least, and save: then it can be said how long this takes."]
    history, needed = history_of(experiment, now=now), plan_of(experiment, arms, now=now)
    return [_base_words(experiment, history), _need_words(experiment, needed, len(arms)), _time_words(history, needed)]


def _base_words(experiment: Experiment, history: History) -> str:
    if not history.is_known:
        known = so_many(history.cases, "customer")
        return f"Only {known} of this campaign can be looked back at, so it is planned with 50 %, which takes longest."
    return (
        f"In the last year {history.base_rate:.0%} of {history.cases:,} customers of this campaign recovered within "
        f"{so_many(experiment.window_days, 'day')}."
    )


def _need_words(experiment: Experiment, needed: Plan, arms: int) -> str:
    return (
        f"To see a difference of {so_many(experiment.smallest_effect, 'point')} with 80 % power, and one that is not "
        f"there in 5 % of such experiments only, {needed.total:,} customers are needed in {arms} arms, "
        f"{needed.smallest_arm:,} of them in the smallest."
    )


def _time_words(history: History, needed: Plan) -> str:
    if needed.weeks is None:
        return "Nobody has come in the last twelve weeks, so no end is in sight."
    return (
        f"At your volume, {history.a_week:,.0f} customers a week, this takes {so_many(needed.weeks, 'week')}, "
        "the last window included."
    )


def result(experiment: Experiment, *, now: datetime) -> dict[str, Any]:
    """What stands on the page once it has started: nine queries at most."""
    arms = counted(experiment, now=experiment.ended_at or now)
    control, others = arms[0], arms[1:]
    compared = {each.arm.arm_id: each for each in compare(control, others)}
    has_ended = experiment.ended_at is not None
    looks = list(experiment.looks.order_by("number"))
    return {
        "says": _verdict_words(experiment, arms, now),
        "rows": [_arm_row(arm, compared.get(arm.arm_id), has_ended=has_ended) for arm in arms],
        "looks": list(_look_rows(looks, others)),
        "uneven": _uneven_words(arms),
        "has_ended": has_ended,
        "chart": _chart(arms, looks),
    }


def _verdict_words(experiment: Experiment, arms: Sequence[Counted], now: datetime) -> str:
    if experiment.ended_at:
        return experiment.ended_because
    enrolled = sum(arm.enrolled for arm in arms)
    return f"{progress(arms, experiment.planned or 1, ends_on=ends_on(experiment, enrolled, now=now))}."


def _arm_row(arm: Counted, compared: Compared | None, *, has_ended: bool) -> ArmRow:
    low, high = rate_interval(arm.recovered, arm.complete)
    return ArmRow(
        name=arm.name + (" (hold-out)" if arm.is_hold_out else ""),
        is_control=arm.is_control,
        share=arm.share,
        enrolled=arm.enrolled,
        in_progress=f"{arm.in_progress:.0%}",
        complete=arm.complete,
        recovered=arm.recovered,
        rate="–" if arm.rate is None else f"{arm.rate:.1%}",
        between="" if arm.rate is None else f"{low:.1%} to {high:.1%}",
        difference=_difference(compared) if compared else "",
        p=_p_words(compared) if compared and has_ended else "",
        harms=[f"{number} {HARMS[kind]}" for kind, number in arm.harmed if number],
    )


def _difference(compared: Compared) -> str:
    low, high = compared.low * 100, compared.high * 100
    return f"{compared.difference * 100:+.1f} points ({low:+.1f} to {high:+.1f})".replace("-", "\N{MINUS SIGN}")


def _p_words(compared: Compared) -> str:
    method = "Fisher" if compared.is_exact else "z"
    p = f"p = {compared.p:.4f}" if compared.p >= 0.0001 else "p < 0.0001"
    return f"{p} ({method})" + (f", Holm {compared.adjusted:.4f}" if compared.adjusted != compared.p else "")


def _look_rows(looks: Sequence[Look], others: Sequence[Counted]) -> Iterator[LookRow]:
    for look in looks:
        told = [(arm.name, look.distances[str(arm.arm_id)]) for arm in others if str(arm.arm_id) in look.distances]
        apart = "; ".join(f"“{name}” {_distance_words(*distance)}" for name, distance in told)
        yield LookRow(look.number, look.looked_at, f"{look.fraction:.0%}", apart or "–")


def _distance_words(apart: float, limit: float | None) -> str:
    needed = f"of {limit:.2f} needed" if limit is not None and limit < FURTHEST else "when nothing could be decided yet"
    return f"{apart:.2f} {needed}"


def _uneven_words(arms: Sequence[Counted]) -> str:
    p = sample_ratio(arms)
    if p >= MISMATCH:
        return ""
    return f"The arms are divided more unevenly than chance does (p = {p:.5f}): do not trust this result."


def _chart(arms: Sequence[Counted], looks: Sequence[Look]) -> dict[str, str]:
    """The share recovered in each arm, look by look, and as it is now."""
    data = {
        "labels": [*(date_format(look.looked_at, "j M") for look in looks), "now"],
        "datasets": [_line(arm, colour, looks) for arm, colour in zip(arms, COLOURS * len(arms), strict=False)],
    }
    return {"data": json.dumps(data), "options": json.dumps(CHART_OPTIONS)}


def _line(arm: Counted, colour: str, looks: Sequence[Look]) -> dict[str, Any]:
    seen = [look.counted.get(str(arm.arm_id), [0, 0]) for look in looks] + [[arm.complete, arm.recovered]]
    shares = [round(100 * recovered / complete, 1) if complete else None for complete, recovered in seen]
    return {"label": arm.name, "data": shares, "borderColor": colour, "backgroundColor": colour, "pointRadius": 4}
