"""Which step comes next, and on which day: the campaign's own pace, never hurried and never harsher than it says."""

from dataclasses import dataclass
from datetime import date, timedelta

from customers.rules.contact import Topic
from dunning.rules.decisions import Skip
from dunning.rules.facts import CaseFacts, RunFact
from dunning.rules.habits import FIRST_TIME_PATIENCE_DAYS
from dunning.rules.limits import Limits
from dunning.rules.mail_transit import received_on
from dunning.rules.plan_facts import StepFact
from dunning.rules.words import Outcome, Tone, day_words, spelled

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a case stands: the steps still to come, and the day from which their offsets count.

    `passes_over`: since the last letter a step was left out that would have been firmer, because its conditions did not
    hold or a person moved the case. What follows then rises from `first_tone`, the campaign's mildest.
    """

    remaining: tuple[StepFact, ...]
    counts_from: date
    highest_tone: int
    last_done: StepFact | None
    last_done_on: date | None
    last_taken: StepFact | None  # the last one sent, or the one that a manager dropped after it
    last_taken_on: date | None
    came_by_post: bool = False  # then `last_taken_on` is the day on which it counts as received
    first_tone: int = 0
    passes_over: bool = False
    patience_days: int = 0  # how much later the first firm letter comes, and with it all that follow it

    def planned_on(self, step: StepFact) -> date:
        """The day on which `step` falls due (customer's calendar): never that of the letter before it."""
        later = self.patience_days if self.is_put_off(step) else 0
        planned_on = self.counts_from + timedelta(days=step.offset_days + later)
        return max(planned_on, self.last_taken_on + DAY) if self.last_taken_on else planned_on

    def is_put_off(self, step: StepFact) -> bool:
        """True for a firm letter that comes later than the campaign has it; what follows it counts from its day."""
        return self.patience_days > 0 and step.tone >= Tone.FIRM > self.highest_tone

    def ceiling(self, first: StepFact) -> int:
        """The firmest tone that may come next: one level up, or that of the very next step, which is `first`."""
        if self.passes_over:
            return max(self.highest_tone, self.first_tone) + 1
        return max(self.highest_tone + 1, first.tone)


def pace_of(facts: CaseFacts, anchor_on: date) -> Pace:
    """Where the case stands when its oldest open, collectable invoice fell due on `anchor_on`.

    Steps count from the anchor, but a later step never follows an earlier one sooner than the campaign's own distance
    between the two: after downtime, or when an older invoice reappears, the sequence moves on at its usual pace. A
    letter that only a weekend or holiday had kept back does not put off those after it. A letter by post counts from
    the day on which it is received. A letter that a manager dropped counts like one sent as far as days go, so that the
    next one does not follow at once; not as to tone.
    """
    runs = {run.step_id: run for run in facts.runs if run.outcome != Outcome.DELAYED}
    done = [step for step in facts.plan.reminders if step.id in runs and runs[step.id].outcome == Outcome.DONE]
    last_position = max((step.position for step in facts.plan.reminders if step.id in runs), default=-1)
    taken = [step for step in facts.plan.reminders if step in done or (step.id in runs and runs[step.id].by_hand)]
    last, last_on = _last(facts, taken, runs)
    last_done, last_done_on = _last(facts, done, runs)
    by_post = last is not None and runs[last.id].posted_at is not None
    last_done_at = last_done.position if last_done else -1
    highest = max((step.tone for step in done), default=0)
    return Pace(
        remaining=tuple(step for step in facts.plan.reminders if step.position > last_position),
        counts_from=_counts_from(facts, anchor_on, last, last_on, by_post=by_post),
        came_by_post=by_post,
        highest_tone=highest,
        last_done=last_done,
        last_done_on=last_done_on,
        last_taken=last,
        last_taken_on=last_on,
        first_tone=facts.plan.reminders[0].tone,
        passes_over=any(
            last_done_at < step.position <= last_position and step.tone > highest and step.offset_days >= 0
            for step in facts.plan.reminders
            if step not in taken
        ),
        patience_days=FIRST_TIME_PATIENCE_DAYS if facts.habit.never_late else 0,
    )


def _last(facts: CaseFacts, steps: list[StepFact], runs: dict[int, RunFact]) -> tuple[StepFact | None, date | None]:
    return (steps[-1], _came_on(facts, runs[steps[-1].id])) if steps else (None, None)


def _came_on(facts: CaseFacts, run: RunFact) -> date:
    """The day on which the letter counts as had: when it left, or when the post has brought it."""
    if run.posted_at:
        return received_on(facts.local(run.posted_at).date(), facts.country)
    return facts.local(run.last_at).date()


def _counts_from(
    facts: CaseFacts, anchor_on: date, last: StepFact | None, last_on: date | None, *, by_post: bool
) -> date:
    if last is None or last_on is None:
        return anchor_on
    meant_for = last_on if by_post else facts.meant_for(last_on)
    return max(anchor_on, meant_for - timedelta(days=last.offset_days))


def skip_lapsed(
    pace: Pace, anchor_on: date, today: date, limits: Limits
) -> tuple[tuple[Skip, ...], tuple[StepFact, ...]]:
    """Set aside steps whose moment is gone for good, and unwanted early ones; returns (skips, steps still to come)."""
    skips, kept = [], []
    for step in pace.remaining:
        if step.offset_days < 0 and today >= anchor_on:
            skips.append(Skip(step, f"meant for before {spelled(anchor_on)}, which has come"))
        elif step.tone < pace.highest_tone:
            skips.append(Skip(step, "milder than what the customer has already been sent"))
        elif step.topic is Topic.EARLY and all(limits.forbids(channel, step.topic) for channel in step.ways):
            skips.append(Skip(step, "the customer wants no letters before a due date"))
        else:
            kept.append(step)
    return tuple(skips), tuple(kept)


def skip_too_firm(
    pace: Pace, steps: tuple[StepFact, ...], today: date
) -> tuple[tuple[Skip, ...], tuple[StepFact, ...]]:
    """Set aside due steps that are all too firm, because what should have come before was left out."""
    due = [step for step in steps if pace.planned_on(step) <= today]
    if not due or any(step.tone <= pace.ceiling(due[0]) for step in due):
        return (), steps
    skips = tuple(Skip(step, "too firm: the step that should have come before it was left out") for step in due)
    return skips, steps[len(due) :]


def latest_due(pace: Pace, steps: tuple[StepFact, ...], today: date) -> tuple[tuple[Skip, ...], StepFact | None]:
    """The one step to send today, or None, and the earlier due steps that it replaces.

    After a gap only the latest due step is sent. It may be one tone level above the last one sent at most (or the
    very next step, whatever its tone), so that nobody gets a firm letter without the clear one before it. Take out what
    is too firm first.
    """
    due = [step for step in steps if pace.planned_on(step) <= today]
    if not due:
        return (), None
    sendable = [step for step in due if step.tone <= pace.ceiling(due[0])]
    chosen = sendable[-1]
    reason = f"only the latest due step is sent ({day_words(chosen.offset_days)})"
    skips = (Skip(s, f"its day, {spelled(pace.planned_on(s))}, had passed; {reason}") for s in sendable[:-1])
    return tuple(skips), chosen
