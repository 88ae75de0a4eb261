"""The decision: what to do about one case now. Pure: the same facts and the same clock give the same answer."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from dunning.rules.actions import beside_letters
from dunning.rules.charging import Later, charging_of
from dunning.rules.decisions import Charge, Close, Decision, Send, Skip, Wait
from dunning.rules.facts import CaseFacts, HoldFact, InvoiceFact, RunFact, StepFact
from dunning.rules.pace import Pace, latest_due, pace_of, skip_lapsed
from dunning.rules.words import Attention, Delivery, Ending, Outcome, day_words, reminder_words, spelled

PATIENCE_AFTER_LAST_STEP = timedelta(days=7)
LOOK_AGAIN = timedelta(days=7)  # when only a change of facts, or a person, can move the case
PAYMENT_SETTLES_WITHIN = timedelta(hours=1)
MONEY_UNMATCHED = "money arrived, not yet matched: a person looks at it"
NOTICE_LEAVES_WITHIN = timedelta(hours=1)
LETTER_WAITS_FOR_CARD = timedelta(days=1)
PAYMENT_UNDER_WAY = "a payment is under way; nobody is reminded before its outcome is known"


def decide(facts: CaseFacts, *, now: datetime) -> Decision:
    """Send or charge what is due, wait until something can change, or close; always with the reason.

    `now` is an aware datetime. A Wait always ends after `now`.
    """
    business = still_our_business(facts, now)
    if not business:
        return _close(facts)
    if hold := hold_in_force(facts, now):
        return _wait_for_hold(facts, hold, now)
    collectable = without_held(facts, business, now)
    if not collectable:
        return _wait_for_held_invoices(facts, now)
    if facts.payment_under_way:
        return Wait(now + PAYMENT_SETTLES_WITHIN, PAYMENT_UNDER_WAY)
    if facts.money_unmatched:
        return Wait(now + LOOK_AGAIN, MONEY_UNMATCHED)
    oldest = min(collectable, key=lambda invoice: invoice.due_on)
    if _pending(facts):
        leaving = Wait(now + NOTICE_LEAVES_WITHIN, "the last reminder is still waiting to leave")
        return beside_letters(facts, leaving, oldest.due_on, now=now)
    charging = charging_of(facts, collectable, oldest.due_on, now=now)
    if isinstance(charging, Charge):
        return charging
    letter = _next_letter(facts, oldest, now)
    letter = _beside(facts, letter, charging) if charging else letter
    return beside_letters(facts, letter, oldest.due_on, now=now)


def still_our_business(facts: CaseFacts, now: datetime) -> list[InvoiceFact]:
    """The open invoices this case is about.

    Before the first reminder: whatever is due or nearly due. After it: the same, as long as one of the invoices that
    were named is open; once those are settled the case is over, and other debts begin a case of their own. What is paid
    in instalments by now counts as named only if it was since the plan was made.
    """
    reach = facts.speaks_until(now)
    business = [invoice for invoice in facts.invoices if invoice.due_on <= reach]
    done = [run for run in facts.runs if run.outcome == Outcome.DONE and run.named]
    if not done or _pending(facts):
        return business
    return business if any(_was_named(invoice, done) for invoice in facts.invoices) else []


def _was_named(invoice: InvoiceFact, done: list[RunFact]) -> bool:
    since = invoice.part.since if invoice.part else None
    return any(invoice.id in run.named and (since is None or run.decided_at >= since) for run in done)


def hold_in_force(facts: CaseFacts, now: datetime) -> HoldFact | None:
    """The hold that keeps the whole customer quiet the longest, if one is in force."""
    if not facts.holds:
        return None
    in_force = [hold for hold in facts.holds_in_force(now) if hold.invoice_id is None]
    return max(in_force, key=lambda hold: hold.until_on or date.max, default=None)


def without_held(facts: CaseFacts, invoices: list[InvoiceFact], now: datetime) -> list[InvoiceFact]:
    """The invoices that no hold of their own keeps back."""
    if not facts.holds:
        return invoices
    held = {hold.invoice_id for hold in facts.holds_in_force(now)}
    return [invoice for invoice in invoices if invoice.id not in held]


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
    if not due:
        return "Nothing collectable is due: there is nothing to remind of."
    if hold := hold_in_force(facts, now):
        return f"The customer is on hold ({hold.reason}). Resume first."
    if facts.payment_under_way:
        return "A payment is under way. Wait until its outcome is known."
    if facts.money_unmatched:
        return "Money arrived that is probably theirs and is not yet matched. Match it first, under Bank lines."
    if _pending(facts):
        return "The last reminder is still waiting to leave."
    anchor_on = min(invoice.due_on for invoice in due)
    pace, today = pace_of(facts, anchor_on), facts.local(now).date()
    skips, steps = skip_lapsed(pace, anchor_on, today)
    if not steps:
        return "All steps of the campaign have been taken."
    replaced, due_step = latest_due(pace, steps, today)
    step = due_step or steps[0]
    if step.id != meant:
        return f"The next step is now the {reminder_words(step.offset_days, step.tone)}; look again."
    if step.channel not in facts.channels:
        return f"No {step.channel} address is on file. Add one first."
    return Send(step, f"sent before its day by {who}", anchor_on, skips + replaced, by_hand=True)


def _close(facts: CaseFacts) -> Close:
    named = frozenset[int]().union(*(run.named for run in facts.runs))
    if in_parts := [i for i in facts.invoices if i.part and (i.id in named or not named)]:
        return _close_in_instalments(facts, in_parts)
    reminded = [step for step in facts.plan.reminders if step.offset_days >= 0 and _was_reached(facts, step)]
    thanks = facts.plan.thanks if reminded else None
    skips: tuple[Skip, ...] = ()
    if facts.plan.thanks and not reminded:
        skips = (
            Skip(facts.plan.thanks, "no reminder after the due date had gone out, so there is nothing to thank for"),
        )
    if facts.invoices:
        return Close(
            Ending.CURED, "everything this case was about is settled; newer invoices are not due", thanks, skips
        )
    return Close(Ending.SETTLED, "nothing is open any more", thanks, skips)


def _close_in_instalments(facts: CaseFacts, in_parts: list[InvoiceFact]) -> Close:
    """No thanks yet: an agreement is not a payment, and more instalments follow."""
    thanks, next_on = facts.plan.thanks, min(part.due_on for part in in_parts)
    skips = (Skip(thanks, "it is paid in instalments, and more of them follow"),) if thanks else ()
    reason = f"what is open is paid in instalments; the next one falls due on {spelled(next_on)}"
    return Close(Ending.IN_INSTALMENTS, reason, None, skips)


def _was_reached(facts: CaseFacts, step: StepFact) -> bool:
    return any(run.step_id == step.id and run.delivery == Delivery.REACHED for run in facts.runs)


def _pending(facts: CaseFacts) -> bool:
    return any(run.outcome == Outcome.DONE and run.delivery == Delivery.PENDING for run in facts.runs)


def _wait_for_hold(facts: CaseFacts, hold: HoldFact, now: datetime) -> Wait:
    if hold.until_on is None:
        return Wait(now + LOOK_AGAIN, f"on hold until released: {hold.reason}")
    until = facts.opening_of(hold.until_on + timedelta(days=1))
    return Wait(until, f"on hold until {spelled(hold.until_on)}: {hold.reason}")


def _wait_for_held_invoices(facts: CaseFacts, now: datetime) -> Wait:
    ends = [hold.until_on for hold in facts.holds_in_force(now) if hold.until_on]
    until = min([facts.opening_of(end + timedelta(days=1)) for end in ends], default=now + LOOK_AGAIN)
    return Wait(until, "every open invoice is on hold")


def _next_letter(facts: CaseFacts, oldest: InvoiceFact, now: datetime) -> Send | Wait:
    anchor_on, today = oldest.due_on, facts.local(now).date()
    pace = pace_of(facts, anchor_on)
    lapsed, steps = skip_lapsed(pace, anchor_on, today)
    if not steps:
        return _after_last_step(facts, pace, anchor_on, lapsed, now)
    superseded, step = latest_due(pace, steps, today)
    skips = lapsed + superseded
    if step is None:
        opening = facts.opening_of(pace.planned_on(steps[0]))
        return Wait(opening, _why(pace, steps[0], oldest, today), steps[0], anchor_on=anchor_on, skips=skips)
    if step.channel not in facts.channels:
        return Wait(
            now + LOOK_AGAIN,
            f"no {step.channel} address on file: add one and the reminder goes out",
            step,
            delays=True,
            attention=Attention.NO_ADDRESS,
            anchor_on=anchor_on,
            skips=skips,
        )
    if not facts.lets_letters_in(now):
        days = "working days" if facts.plan.working_days_only else "days"
        window = f"{facts.plan.send_from:%H:%M}–{facts.plan.send_until:%H:%M}, {facts.time_zone}"
        reason = f"{_why(pace, step, oldest, today)}; letters leave only on the customer's {days} ({window})"
        return Wait(next_opening(facts, now), reason, step, anchor_on=anchor_on, skips=skips)
    return Send(step, _why(pace, step, oldest, today), anchor_on, skips)


def _beside(facts: CaseFacts, letter: Send | Wait, charging: Later) -> Send | Wait:
    """The letters' decision, with the card's next try beside it: whichever comes first is waited for.

    A letter waits for a try that comes within a day of it: it may not be needed, and if it is, it knows what happened.
    """
    skips = letter.skips + charging.skips
    at = charging.at
    if isinstance(letter, Send):
        if at and at < _planned_at(facts, letter) + LETTER_WAITS_FOR_CARD:
            reason = f"the card is tried before the letter: {charging.why}"
            return Wait(at, reason, letter.step, delays=True, anchor_on=letter.anchor_on, skips=charging.skips)
        return replace(letter, skips=skips)
    if at is None or at >= letter.until:
        return replace(letter, skips=skips)
    if letter.delays:
        return replace(letter, until=at, skips=skips)
    return Wait(at, charging.why, anchor_on=letter.anchor_on, skips=skips, letter_at=letter.next_letter_at)


def _planned_at(facts: CaseFacts, letter: Send) -> datetime:
    return facts.opening_of(pace_of(facts, letter.anchor_on).planned_on(letter.step))


def _why(pace: Pace, step: StepFact, oldest: InvoiceFact, today: date) -> str:
    what = f"instalment {oldest.part.number} of {oldest.part.of}" if oldest.part else "the oldest open invoice"
    since = f"{what} {'fell' if oldest.due_on < today else 'falls'} due on {spelled(oldest.due_on)}"
    if pace.counts_from == oldest.due_on or pace.last_done is None or pace.last_done_on is None:
        return f"{day_words(step.offset_days)}: {since}"
    distance = step.offset_days - pace.last_done.offset_days
    return f"{distance} days after the last reminder ({spelled(pace.last_done_on)}), as the campaign has it; {since}"


def _after_last_step(facts: CaseFacts, pace: Pace, anchor_on: date, skips: tuple[Skip, ...], now: datetime) -> Wait:
    if pace.last_done_on and (patience := facts.opening_of(pace.last_done_on + PATIENCE_AFTER_LAST_STEP)) > now:
        return Wait(
            patience, "all reminders are sent; the customer has a week to answer", anchor_on=anchor_on, skips=skips
        )
    return Wait(
        now + LOOK_AGAIN,
        "all reminders are sent and money is still open: a person decides what comes next",
        attention=Attention.END_OF_ROAD,
        anchor_on=anchor_on,
        skips=skips,
    )
