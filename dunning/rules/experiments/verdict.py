"""What may be said of an experiment, and what ends it. No winner before a boundary is crossed at a planned look."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from dunning.rules.experiments.outcome import MISMATCH, Compared, Counted, compare, sample_ratio
from dunning.rules.experiments.planning import ERROR
from dunning.rules.experiments.sequential import boundary
from dunning.rules.words import spelled

LEAST_HARMED = 5  # fewer may be an accident
HARM_ERROR = 0.005  # one-sided; a false alarm costs an experiment, a missed one costs customers
HARMS = {
    "opt_out": "wanted no more letters",
    "complaint": "complained about mail",
    "unhappy": "said it was unclear or unkind",
    "wrongful": "got a letter after their money had arrived",
}
LEAST_GROWTH = 0.01  # a look at hardly anything new says nothing new; the last one ends it all the same


@dataclass(frozen=True, slots=True)
class Distance:
    """How far an arm is from the control at one look, and how far it must be: in standard deviations, without sign."""

    arm_id: int
    apart: float
    limit: float

    @property
    def is_enough(self) -> bool:
        return self.apart >= self.limit


@dataclass(frozen=True, slots=True)
class Verdict:
    """`winner`: the arm that recovers more than the control and is the best of those; None where there is none.

    `distances`: what it goes by; empty where chance divided too unevenly.
    """

    says: str
    winner: int | None = None
    is_decided: bool = False
    distances: tuple[Distance, ...] = ()


def fraction_of(arms: Sequence[Counted], planned: int) -> float:
    """How much of the planned information is there: that of the arm which is furthest behind its share."""
    shares = sum(arm.share for arm in arms)
    return min((min(1.0, arm.complete * shares / (arm.share * planned)) for arm in arms), default=0.0)


def judge(arms: Sequence[Counted], fractions: Sequence[float]) -> Verdict:
    """What this look says; `fractions` of all looks so far, this one last.

    Several arms: Holm's order with the boundary of each at its own share of the error (W. Maurer and F. Bretz, Multiple
    testing in group sequential trials using graphical approaches, Stat. Biopharm. Research 5 (2013)).
    """
    uneven = sample_ratio(arms)
    if uneven < MISMATCH:
        says = f"No verdict: chance divides customers as unevenly as this with p = {uneven:.5f}. Find out why."
        return Verdict(says, is_decided=fractions[-1] >= 1)
    compared = _in_order(arms)
    distances = _distances(compared, fractions)
    clear = sum(1 for _ in takewhile(lambda distance: distance.is_enough, distances))
    return replace(_verdict(compared, compared[:clear], is_last=fractions[-1] >= 1), distances=distances)


def _verdict(compared: Sequence[Compared], shown: Sequence[Compared], *, is_last: bool) -> Verdict:
    better = [each for each in shown if each.difference > 0]
    if better:
        best = max(better, key=lambda each: each.difference)
        return Verdict(_words(best), best.arm.arm_id, True)
    if shown and len(shown) == len(compared):
        return Verdict(" ".join(map(_words, shown)), is_decided=True)
    if is_last:
        return Verdict("No difference was shown that is worth a change: the control stays.", is_decided=True)
    return Verdict("Too early: no boundary was crossed at this look.")


def _in_order(arms: Sequence[Counted]) -> list[Compared]:
    [control] = [arm for arm in arms if arm.is_control]
    compared = compare(control, [arm for arm in arms if not arm.is_control])
    return sorted(compared, key=lambda each: each.p)


def _distances(compared: Sequence[Compared], fractions: Sequence[float]) -> tuple[Distance, ...]:
    """Each with the boundary of its share of the error, the clearest first. One counts only where all before it do."""
    shares = [ERROR / (len(compared) - place) for place in range(len(compared))]
    return tuple(
        Distance(each.arm.arm_id, abs(each.z), boundary(fractions, share))
        for each, share in zip(compared, shares, strict=True)
    )


def _words(each: Compared) -> str:
    more = "more" if each.difference > 0 else "less"
    low, high = sorted((abs(each.low), abs(each.high))) if each.low * each.high > 0 else (0.0, 0.0)
    between = f" (95 %: {low * 100:.1f} to {high * 100:.1f})" if high else ""
    return f"“{each.arm.name}” recovers {abs(each.difference) * 100:.1f} points {more} than the control{between}."


def harm(arms: Sequence[Counted]) -> str:
    """Why the experiment must stop, in words; empty when it may go on.

    An arm in which clearly more customers were harmed than in the control stops it: Fisher's exact test, one-sided,
    among all who take part, looked at every day. Looking often makes it stop too early rather than too late.
    """
    [control] = [arm for arm in arms if arm.is_control]
    for arm in arms:
        for kind, number in arm.harmed:
            if not arm.is_control and number >= LEAST_HARMED and _p_of_harm(control, arm, kind) < HARM_ERROR:
                beside = dict(control.harmed).get(kind, 0)
                return (
                    f"Stopped by itself: in “{arm.name}” {number} of {arm.enrolled} customers {HARMS[kind]}, "
                    f"in the control {beside} of {control.enrolled}."
                )
    return ""


def _p_of_harm(control: Counted, arm: Counted, kind: str) -> float:
    from scipy.stats import fisher_exact

    cells = [[dict(each.harmed).get(kind, 0), each.enrolled] for each in (arm, control)]
    rows = [[harmed, max(0, enrolled - harmed)] for harmed, enrolled in cells]
    return float(fisher_exact(rows, alternative="greater")[1])


def progress(arms: Sequence[Counted], planned: int, *, ends_on: date | None) -> str:
    """How far it is, in words: "Too early: 312 of 776 needed; ends about 3 March 2026"."""
    complete = sum(arm.complete for arm in arms)
    end = f"; ends about {spelled(ends_on)}" if ends_on else "; nobody new comes, so no end is in sight"
    return f"Too early: {complete:,} of {planned:,} needed{end}"
