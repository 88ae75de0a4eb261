"""Which reminder is next, and whether it leaves now or what it waits for. Pure."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from customers.rules.contact import address_words
from dunning.rules.conditions import words
from dunning.rules.contact import kept_from_engine
from dunning.rules.decisions import Send, Skip, Unreached, Wait
from dunning.rules.facts import CaseFacts, InvoiceFact
from dunning.rules.fitting import skip_unfit
from dunning.rules.habits import leaving_of
from dunning.rules.holding import LOOK_AGAIN
from dunning.rules.limits import capped
from dunning.rules.pace import Pace, latest_due, pace_of, skip_lapsed, skip_too_firm
from dunning.rules.plan_facts import StepFact
from dunning.rules.readers import channels_to
from dunning.rules.silence import beside_silence
from dunning.rules.ways import NoWay, way_of
from dunning.rules.words import Attention, Rule, day_words, spelled

PATIENCE_AFTER_LAST_STEP = timedelta(days=7)


class _Turn(NamedTuple):
    """The step whose turn it is, as it goes to this customer, and the steps that are left out before it."""

    step: StepFact
    pace: Pace
    oldest: InvoiceFact
    skips: tuple[Skip, ...]
    because: str = ""  # why not by its first way

    def why(self, on: date) -> str:
        """Why it goes on the day `on`, in words that are right on that day."""
        return _why(self.pace, self.step, self.oldest, on) + self.because

    def wait(self, until: datetime, reason: str, **told: Any) -> Wait:
        return Wait(until, reason, self.step, anchor_on=self.oldest.due_on, skips=self.skips, **told)


def next_letter(facts: CaseFacts, to_remind: list[InvoiceFact], now: datetime) -> Send | Wait:
    """The letter to send now about these invoices, or how long nothing is sent and why."""
    oldest = min(to_remind, key=lambda invoice: invoice.due_on)
    anchor_on, today = oldest.due_on, facts.local(now).date()
    pace = pace_of(facts, anchor_on)
    lapsed, steps = skip_lapsed(pace, anchor_on, today, facts.limits)
    unfit, pace, steps = skip_unfit(facts, to_remind, pace, steps, today)
    too_firm, steps = skip_too_firm(pace, steps, today)
    skips = lapsed + unfit + too_firm
    if not steps:
        return beside_silence(facts, _after_last_step(facts, pace, anchor_on, skips, now), pace.last_done, now=now)
    superseded, due = latest_due(pace, steps, today)
    way = way_of(facts, due or steps[0])
    if isinstance(way, NoWay):
        turn = _Turn(way.step, pace, oldest, skips + superseded)
        return _no_way(turn, way, today, now) if due else _until_its_day(facts, turn, now)
    turn = _Turn(way.step, pace, oldest, skips + superseded, way.because)
    return _due_now(facts, turn, now) if due else _until_its_day(facts, turn, now)


def _no_way(turn: _Turn, way: NoWay, today: date, now: datetime) -> Wait:
    """Its day has come, and none of its ways is open: a person is asked."""
    reason = f"{turn.why(today)}; {way.noes}: a person reaches them another way"
    asks: dict[str, Any] = {"attention": way.attention, "rule": way.rule}
    return turn.wait(now + LOOK_AGAIN, reason, delays=True, unreached=Unreached(way.step, way.noes, today), **asks)


def _until_its_day(facts: CaseFacts, turn: _Turn, now: datetime) -> Send | Wait:
    """The wait for the next step, unless the last one has to go another way meanwhile."""
    return beside_silence(facts, _wait_for_its_day(facts, turn), turn.pace.last_done, now=now)


def _due_now(facts: CaseFacts, turn: _Turn, now: datetime) -> Send | Wait:
    """The step's day has come: it goes, unless it has nowhere to go, is not wanted, or it is not the hour."""
    step, today = turn.step, facts.local(now).date()
    if step.channel not in channels_to(facts, step):
        reason = f"no {address_words(step.channel)} on file: add one and the reminder goes out"
        asks = Attention.NO_ADDRESS
        return turn.wait(now + LOOK_AGAIN, reason, delays=True, attention=asks, rule=Rule.NO_ADDRESS)
    if kept := kept_from_engine(facts, step, now):
        reason = f"{turn.why(today)}; {kept.reason}"
        return turn.wait(kept.until, reason, delays=True, attention=kept.attention, rule=kept.rule)
    leaving = leaving_of(facts, turn.pace, step, turn.oldest.due_on)
    why = turn.why(today) + (leaving.because if today <= leaving.on else "")
    if not facts.lets_letters_in(now):
        until = max(facts.next_opening(now), leaving.at)
        reason = f"{why}; {_hours(facts, today)}"
        return turn.wait(until, reason, rule=Rule.HOURS, meant_on=turn.pace.planned_on(step))
    if now < leaving.at:
        return turn.wait(leaving.at, why, rule=Rule.HABIT)
    return Send(step, why, turn.oldest.due_on, turn.skips)


def _hours(facts: CaseFacts, today: date) -> str:
    days = "working days" if facts.plan.working_days_only else "days"
    window = "–".join(f"{end:%H:%M}" for end in facts.window_on(today))
    return f"letters leave only on the customer's {days} ({window}, {facts.time_zone})"


def _wait_for_its_day(facts: CaseFacts, turn: _Turn) -> Wait:
    """Until the next step's letter leaves, or the first day after it that no cap and no rest day takes away."""
    step, meant_on = turn.step, turn.pace.planned_on(turn.step)
    leaving = leaving_of(facts, turn.pace, step, turn.oldest.due_on)
    at, wanted_on = leaving.at, meant_on
    why = f"{turn.why(meant_on)}{_provided(step)}{leaving.because}"
    if full := capped(facts.limits, step.channel, leaving.on):
        at, why, wanted_on = facts.opening_of(full.free_on), f"{why}; {full.reason}", full.free_on
    if facts.letters_on(wanted_on) > wanted_on:
        why += f"; no letter leaves on {spelled(wanted_on)} there"
    return turn.wait(at, why, rule=Rule.CAP if full else Rule.PLANNED, meant_on=meant_on)


def _why(pace: Pace, step: StepFact, oldest: InvoiceFact, on: date) -> str:
    what = f"instalment {oldest.part.number} of {oldest.part.of}" if oldest.part else "the oldest open invoice"
    since = f"{what} {'fell' if oldest.due_on < on else 'falls'} due on {spelled(oldest.due_on)}"
    if pace.counts_from == oldest.due_on or pace.last_taken is None or pace.last_taken_on is None:
        return f"{day_words(step.offset_days)}: {since}"
    distance = step.offset_days - pace.last_taken.offset_days
    what = "the last reminder" if pace.last_taken is pace.last_done else "a reminder was dropped at review"
    what = "the last reminder came by post" if pace.came_by_post else what
    return f"{distance} days after {what} ({spelled(pace.last_taken_on)}), as the campaign has it; {since}"


def _provided(step: StepFact) -> str:
    """What must hold on the step's day."""
    return f"; only if {' and '.join(map(words, step.conditions))}"[:300] if step.conditions else ""


def _after_last_step(facts: CaseFacts, pace: Pace, anchor_on: date, skips: tuple[Skip, ...], now: datetime) -> Wait:
    if pace.last_done_on and (patience := facts.opening_of(pace.last_done_on + PATIENCE_AFTER_LAST_STEP)) > now:
        reason = "all reminders are sent; the customer has a week to answer"
        return Wait(patience, reason, anchor_on=anchor_on, skips=skips, rule=Rule.PATIENCE)
    taken = "no further reminder fits" if pace.passes_over else "all reminders are sent"
    return Wait(
        now + LOOK_AGAIN,
        f"{taken} and money is still open: a person decides what comes next",
        attention=Attention.END_OF_ROAD,
        anchor_on=anchor_on,
        skips=skips,
        rule=Rule.END_OF_ROAD,
    )
