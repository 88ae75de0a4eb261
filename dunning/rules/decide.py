"""The decision: what to do about one case now. Pure: the same facts and the same clock give the same answer."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from dunning.rules.actions import beside_letters
from dunning.rules.charging import Later, charging_of
from dunning.rules.conditions import words
from dunning.rules.contact import kept_back, kept_from_engine, thanks_are_kept
from dunning.rules.decisions import Charge, Close, Decision, Send, Skip, Wait
from dunning.rules.facts import CaseFacts, InvoiceFact, RunFact, StepFact
from dunning.rules.fitting import skip_unfit
from dunning.rules.foretelling import foretell
from dunning.rules.giving_up import given_up
from dunning.rules.habits import leaving_of
from dunning.rules.holding import LOOK_AGAIN, chargeable, charges_resume, hold_in_force, wait_for_holds, without_held
from dunning.rules.limits import capped
from dunning.rules.pace import Pace, latest_due, pace_of, skip_lapsed, skip_too_firm
from dunning.rules.words import Attention, Delivery, Ending, Outcome, Rule, day_words, reminder_words, spelled

PATIENCE_AFTER_LAST_STEP = timedelta(days=7)
PAYMENT_SETTLES_WITHIN = timedelta(hours=1)
MONEY_UNMATCHED = "money arrived, not yet matched: a person looks at it"
NOTICE_LEAVES_WITHIN = timedelta(hours=1)
LETTER_WAITS_FOR_CARD = timedelta(days=1)
PAYMENT_UNDER_WAY = "a payment is under way; nobody is reminded before its outcome is known"


def decide(facts: CaseFacts, *, now: datetime) -> Decision:
    """Send or charge what is due, wait until something can change, or close; always with the reason.

    `now` is an aware datetime. A Wait always ends after `now`.
    """
    if facts.about:
        return foretell(facts, now=now)
    business = still_our_business(facts, now)
    if not business:
        return _close(facts, now)
    to_remind, to_charge = without_held(facts, business, now), chargeable(facts, business, now)
    if not (to_remind or to_charge):
        return wait_for_holds(facts, now)
    if facts.payment_under_way:
        return Wait(now + PAYMENT_SETTLES_WITHIN, PAYMENT_UNDER_WAY, rule=Rule.PAYMENT)
    if facts.money_unmatched:
        return Wait(now + LOOK_AGAIN, MONEY_UNMATCHED, rule=Rule.MONEY)
    if _pending(facts):
        leaving = Wait(now + NOTICE_LEAVES_WITHIN, "the last reminder is still waiting to leave", rule=Rule.LEAVING)
        return _with_actions(facts, leaving, to_remind, now)
    letter = _next_letter(facts, to_remind, now) if to_remind else wait_for_holds(facts, now)
    charging = _charging(facts, to_charge, letter, now)
    if isinstance(charging, Charge):
        return charging
    letter = _beside(facts, letter, charging) if charging else letter
    return _with_actions(facts, letter, to_remind, now)


def _with_actions(facts: CaseFacts, letter: Send | Wait, to_remind: list[InvoiceFact], now: datetime) -> Send | Wait:
    """What is done beside the letters: like them, only about what the customer may be reminded of."""
    if not to_remind:
        return letter
    return beside_letters(facts, letter, min(invoice.due_on for invoice in to_remind), now=now)


def _charging(
    facts: CaseFacts, to_charge: list[InvoiceFact], letter: Send | Wait, now: datetime
) -> Charge | Later | None:
    """What is charged, or when. A letter that may go now does not wait for charges that rest."""
    if to_charge:
        return charging_of(facts, to_charge, min(invoice.due_on for invoice in to_charge), now=now)
    return charges_resume(facts, now) if isinstance(letter, Wait) else None


def still_our_business(facts: CaseFacts, now: datetime) -> list[InvoiceFact]:
    """The open invoices this case is about.

    Before the first reminder: whatever is due or nearly due. After it: the same, as long as one of the invoices that
    were named is open; once those are settled the case is over, and other debts begin a case of their own. What is paid
    in instalments by now counts as named only if it was since the plan was made. Nothing, where a case is about
    something foreseen.
    """
    if facts.about:
        return []
    reach = facts.speaks_until(now)
    business = [invoice for invoice in facts.invoices if invoice.due_on <= reach]
    done = [run for run in facts.runs if run.outcome == Outcome.DONE and run.named]
    if not done or _pending(facts):
        return business
    return business if any(_was_named(invoice, done) for invoice in facts.invoices) else []


def _was_named(invoice: InvoiceFact, done: list[RunFact]) -> bool:
    since = invoice.part.since if invoice.part else None
    return any(invoice.id in run.named and (since is None or run.decided_at >= since) for run in done)


def next_opening(facts: CaseFacts, now: datetime) -> datetime:
    """The next moment after `now` at which the send window opens."""
    today = facts.local(now).date()
    opening = facts.opening_of(today)
    return opening if opening > now else facts.opening_of(today + timedelta(days=1))


def hurry(facts: CaseFacts, *, now: datetime, who: str, meant: int | None) -> Send | str:
    """The next step sent now because a person asks for it, or the sentence that says why it must not be.

    `meant` is the id of the step the person was shown: when another one is next by now, it is not sent in its place.
    """
    due = without_held(facts, still_our_business(facts, now), now)
    if facts.about:
        return "Nothing is owed here: such a letter keeps to its day."
    if rests := _why_all_letters_rest(facts, due, now):
        return rests
    anchor_on = min(invoice.due_on for invoice in due)
    pace, today = pace_of(facts, anchor_on), facts.local(now).date()
    lapsed, steps = skip_lapsed(pace, anchor_on, today, facts.limits)
    too_firm, steps = skip_too_firm(pace, steps, today)
    skips = lapsed + too_firm
    if not steps:
        return "All steps of the campaign have been taken."
    replaced, due_step = latest_due(pace, steps, today)
    step = due_step or steps[0]
    if step.id != meant:
        return f"The next step is now the {reminder_words(step.offset_days, step.tone)}; look again."
    if step.tone > pace.ceiling(step):
        return f"The {reminder_words(step.offset_days, step.tone)} is too firm: the step before it was left out."
    if step.channel not in facts.channels:
        return f"No {step.channel} address is on file. Add one first."
    if kept := kept_back(facts, step, now):
        return f"Not now: {kept.reason}."
    return Send(step, f"sent before its day by {who}", anchor_on, skips + replaced, by_hand=True)


def _why_all_letters_rest(facts: CaseFacts, due: list[InvoiceFact], now: datetime) -> str | None:
    if hold := hold_in_force(facts, now):
        return f"The customer is on hold ({hold.reason}). Resume first."
    if not due:
        return "Nothing collectable is due: there is nothing to remind of."
    if facts.payment_under_way:
        return "A payment is under way. Wait until its outcome is known."
    if facts.money_unmatched:
        return "Money arrived that is probably theirs and is not yet matched. Match it first, under Bank lines."
    if any(run.delivery == Delivery.PROPOSED for run in facts.runs):
        return "The last reminder waits for review."
    return "The last reminder is still waiting to leave." if _pending(facts) else None


def _close(facts: CaseFacts, now: datetime) -> Close:
    named = frozenset[int]().union(*(run.named for run in facts.runs))
    if in_parts := [i for i in facts.invoices if i.part and (i.id in named or not named)]:
        return _close_in_instalments(facts, in_parts)
    if facts.written_off:
        return given_up(facts)
    thanks, skips = _thanks(facts, now)
    if facts.invoices:
        return Close(
            Ending.CURED, "everything this case was about is settled; newer invoices are not due", thanks, skips
        )
    return Close(Ending.SETTLED, "nothing is open any more", thanks, skips)


def _thanks(facts: CaseFacts, now: datetime) -> tuple[StepFact | None, tuple[Skip, ...]]:
    """The thank-you to send, or why none goes."""
    thanks = facts.plan.thanks
    if thanks is None:
        return None, ()
    if not any(step.offset_days >= 0 and _was_reached(facts, step) for step in facts.plan.reminders):
        return None, (Skip(thanks, "no reminder after the due date had gone out, so there is nothing to thank for"),)
    why = thanks_are_kept(facts, thanks, now)
    return (None, (Skip(thanks, why),)) if why else (thanks, ())


def _close_in_instalments(facts: CaseFacts, in_parts: list[InvoiceFact]) -> Close:
    """No thanks yet: an agreement is not a payment, and more instalments follow."""
    thanks, next_on = facts.plan.thanks, min(part.due_on for part in in_parts)
    skips = (Skip(thanks, "it is paid in instalments, and more of them follow"),) if thanks else ()
    reason = f"what is open is paid in instalments; the next one falls due on {spelled(next_on)}"
    return Close(Ending.IN_INSTALMENTS, reason, None, skips)


def _was_reached(facts: CaseFacts, step: StepFact) -> bool:
    return any(run.step_id == step.id and run.delivery == Delivery.REACHED for run in facts.runs)


def _pending(facts: CaseFacts) -> bool:
    return any(run.waits_to_leave for run in facts.runs)


def _next_letter(facts: CaseFacts, to_remind: list[InvoiceFact], now: datetime) -> Send | Wait:
    oldest = min(to_remind, key=lambda invoice: invoice.due_on)
    anchor_on, today = oldest.due_on, facts.local(now).date()
    pace = pace_of(facts, anchor_on)
    lapsed, steps = skip_lapsed(pace, anchor_on, today, facts.limits)
    unfit, pace, steps = skip_unfit(facts, to_remind, pace, steps, today)
    too_firm, steps = skip_too_firm(pace, steps, today)
    skips = lapsed + unfit + too_firm
    if not steps:
        return _after_last_step(facts, pace, anchor_on, skips, now)
    superseded, step = latest_due(pace, steps, today)
    skips += superseded
    if step is None:
        why = f"{_why(pace, steps[0], oldest, pace.planned_on(steps[0]))}{_provided(steps[0])}"
        return _wait_for_its_day(facts, pace, steps[0], why, anchor_on, skips)
    if step.channel not in facts.channels:
        return Wait(
            now + LOOK_AGAIN,
            f"no {step.channel} address on file: add one and the reminder goes out",
            step,
            delays=True,
            attention=Attention.NO_ADDRESS,
            anchor_on=anchor_on,
            skips=skips,
            rule=Rule.NO_ADDRESS,
        )
    if kept := kept_from_engine(facts, step, now):
        return Wait(
            kept.until,
            f"{_why(pace, step, oldest, today)}; {kept.reason}",
            step,
            delays=True,
            attention=kept.attention,
            anchor_on=anchor_on,
            skips=skips,
            rule=kept.rule,
        )
    leaving = leaving_of(facts, pace, step, anchor_on)
    why = _why(pace, step, oldest, today) + (leaving.because if today <= leaving.on else "")
    if not facts.lets_letters_in(now):
        days = "working days" if facts.plan.working_days_only else "days"
        window = "–".join(f"{end:%H:%M}" for end in facts.window_on(today)) + f", {facts.time_zone}"
        reason = f"{why}; letters leave only on the customer's {days} ({window})"
        until = max(next_opening(facts, now), leaving.at)
        meant_on = pace.planned_on(step)
        return Wait(until, reason, step, anchor_on=anchor_on, skips=skips, rule=Rule.HOURS, meant_on=meant_on)
    if now < leaving.at:
        return Wait(leaving.at, why, step, anchor_on=anchor_on, skips=skips, rule=Rule.HABIT)
    return Send(step, why, anchor_on, skips)


def _wait_for_its_day(
    facts: CaseFacts, pace: Pace, step: StepFact, why: str, anchor_on: date, skips: tuple[Skip, ...]
) -> Wait:
    """Until the next step's letter leaves, or the first day after it that no cap and no rest day takes away."""
    leaving = leaving_of(facts, pace, step, anchor_on)
    at, why, wanted_on = leaving.at, why + leaving.because, pace.planned_on(step)
    if full := capped(facts.limits, step.channel, leaving.on):
        at, why, wanted_on = facts.opening_of(full.free_on), f"{why}; {full.reason}", full.free_on
    if facts.letters_on(wanted_on) > wanted_on:
        why += f"; no letter leaves on {spelled(wanted_on)} there"
    rule = Rule.CAP if full else Rule.PLANNED
    return Wait(at, why, step, anchor_on=anchor_on, skips=skips, rule=rule, meant_on=pace.planned_on(step))


def _beside(facts: CaseFacts, letter: Send | Wait, charging: Later) -> Send | Wait:
    """The letters' decision, with the card's next try beside it: whichever comes first is waited for.

    A letter waits for a try that comes within a day of it: it may not be needed, and if it is, it knows what happened.
    """
    skips = letter.skips + charging.skips
    at = charging.at
    if isinstance(letter, Send):
        if at and at < _planned_at(facts, letter) + LETTER_WAITS_FOR_CARD:
            reason = f"the card is tried before the letter: {charging.why}"
            return Wait(
                at,
                reason,
                letter.step,
                delays=True,
                anchor_on=letter.anchor_on,
                skips=charging.skips,
                rule=Rule.CARD_FIRST,
            )
        return replace(letter, skips=skips)
    if at is None or at >= letter.until:
        return replace(letter, skips=skips)
    if letter.delays:
        return replace(letter, until=at, skips=skips)
    return Wait(
        at,
        charging.why,
        attention=letter.attention,
        anchor_on=letter.anchor_on,
        skips=skips,
        letter_at=letter.next_letter_at,
        rule=Rule.CARD_NEXT,
    )


def _planned_at(facts: CaseFacts, letter: Send) -> datetime:
    return leaving_of(facts, pace_of(facts, letter.anchor_on), letter.step, letter.anchor_on).at


def _why(pace: Pace, step: StepFact, oldest: InvoiceFact, on: date) -> str:
    """Why `step` goes on the day `on`, in words that are right on that day."""
    what = f"instalment {oldest.part.number} of {oldest.part.of}" if oldest.part else "the oldest open invoice"
    since = f"{what} {'fell' if oldest.due_on < on else 'falls'} due on {spelled(oldest.due_on)}"
    if pace.counts_from == oldest.due_on or pace.last_taken is None or pace.last_taken_on is None:
        return f"{day_words(step.offset_days)}: {since}"
    distance = step.offset_days - pace.last_taken.offset_days
    what = "the last reminder" if pace.last_taken is pace.last_done else "a reminder was dropped at review"
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
