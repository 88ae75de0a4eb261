"""Charging stored cards as part of a case: from the campaign's day on, by the rules of retries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from customers.rules.money import in_words
from dunning.rules.decisions import Charge, Skip
from dunning.rules.facts import CaseFacts, InvoiceFact
from dunning.rules.fitting import parted
from dunning.rules.plan_facts import StepFact
from dunning.rules.words import Delivery, Outcome, day_words, spelled
from payments.rules.next_charge import NextCharge, Order, next_charge
from payments.rules.retry_facts import Ground, RetryFacts, Try

THEIRS = "the gateway's own engine tries to collect these invoices"
PATIENCE = timedelta(days=7)  # after the last step of the campaign no card is charged any more than this later


@dataclass(frozen=True, slots=True)
class Later:
    """No charge now. `at`: when the next one may come, None when no more comes by itself; `skips`: steps this ends.

    `is_sure`: it comes then, whatever its conditions say on that day. `grounds`: the parts of `why`, where it is about
    the next try of a card.
    """

    at: datetime | None
    why: str
    skips: tuple[Skip, ...] = ()
    grounds: tuple[Ground, ...] = ()
    is_sure: bool = True


def charging_of(
    facts: CaseFacts, collectable: list[InvoiceFact], anchor_on: date, *, now: datetime
) -> Charge | Later | None:
    """What to charge now, or when; None when the campaign or the customer lets nothing be charged."""
    if not (facts.methods and facts.plan.charges):
        return None
    today = facts.local(now).date()
    steps, unfit = _parted(facts, collectable, anchor_on, today)
    if not steps:
        return _seen_on_its_day(facts, anchor_on, today, unfit)
    begins_on = _begins_on(steps, anchor_on)
    found = next_charges(facts, collectable, anchor_on, until=max(today, begins_on), now=now)
    coming = [next_.verdict for next_ in found if isinstance(next_.verdict, Try)]
    if coming and today < begins_on:
        return Later(facts.morning_of(begins_on), f"the card is charged on {spelled(begins_on)}", unfit)
    superseded, step = _due_step(facts, steps, anchor_on, today)
    superseded = unfit + superseded
    due = [next_ for next_ in found if isinstance(next_.verdict, Try) and next_.verdict.at <= now]
    if due:
        orders = tuple(_order(facts, next_, collectable) for next_ in due)
        grounds = tuple(ground for next_ in due if isinstance(next_.verdict, Try) for ground in next_.verdict.grounds)
        return Charge(orders, "; ".join(map(_in_words, due)), anchor_on, step, superseded, grounds)
    if coming:
        first = min(coming, key=lambda verdict: verdict.at)
        return Later(first.at, first.why, unfit, grounds=first.grounds)
    why = "; ".join(f"{next_.method.name}: {next_.verdict.why}" for next_ in found) or THEIRS
    return Later(None, why, superseded + ((Skip(step, why[:450]),) if step else ()))


def charges_resume(facts: CaseFacts, now: datetime) -> Later | None:
    """When the first hold ends that keeps stored cards from being charged; None when none does, or nothing would be."""
    if not facts.methods or facts.plan.charges_from is None:
        return None
    dated = [(hold.until_on, hold) for hold in facts.holds_in_force(now) if hold.blocks_charges and hold.until_on]
    if not dated:
        return None
    last_on, hold = min(dated, key=lambda pair: pair[0])
    return Later(
        facts.morning_of(last_on + timedelta(days=1)), f"no card is charged until {spelled(last_on)}: {hold.reason}"
    )


def _seen_on_its_day(facts: CaseFacts, anchor_on: date, today: date, unfit: tuple[Skip, ...]) -> Later:
    """No charge by these conditions as things stand; on the day of a step they are asked again."""
    days = [anchor_on + timedelta(days=step.offset_days) for step in facts.plan.charges]
    on = min((day for day in days if day > today), default=None)
    if on is None:
        return Later(None, "no card is charged: the conditions of that step did not hold on its day", unfit)
    why = f"whether the card is charged is decided on {spelled(on)}: its conditions do not hold yet"
    return Later(facts.morning_of(on), why, unfit, is_sure=False)


def next_charges(
    facts: CaseFacts, collectable: list[InvoiceFact], anchor_on: date, *, until: date, now: datetime
) -> list[NextCharge]:
    """What comes next for each currency in which something is due by the day `until`; the customer has a stored card.

    What a gateway's own engine tries to collect is left to it.
    """
    due = [i for i in collectable if i.due_on <= until and i.id not in facts.collected_elsewhere]
    debts = [_debt(facts, due, currency, anchor_on) for currency in dict.fromkeys(invoice.currency for invoice in due)]
    return [next_charge(debt, facts.methods, facts.book, now=now) for debt in debts]


def charging_starts_on(
    facts: CaseFacts, collectable: Sequence[InvoiceFact], anchor_on: date, *, now: datetime
) -> date | None:
    """The day from which the campaign charges stored cards, when the oldest invoice falls due on `anchor_on`.

    Steps whose conditions do not hold, as things stand, begin nothing.
    """
    steps, _ = _parted(facts, collectable, anchor_on, facts.local(now).date())
    return _begins_on(steps, anchor_on) if steps else None


def _begins_on(steps: Iterable[StepFact], anchor_on: date) -> date:
    return anchor_on + timedelta(days=min(step.offset_days for step in steps))


def _parted(
    facts: CaseFacts, collectable: Sequence[InvoiceFact], anchor_on: date, today: date
) -> tuple[tuple[StepFact, ...], tuple[Skip, ...]]:
    """The steps that may begin charging, and those of which their day has shown that they do not.

    What a step has begun goes on, whatever its conditions say of a later day.
    """
    taken = {run.step_id: run for run in facts.runs if run.outcome != Outcome.DELAYED}
    begun = tuple(step for step in facts.plan.charges if step.id in taken and not taken[step.id].unfit)
    fit, unfit = parted(facts, collectable, (step for step in facts.plan.charges if step.id not in taken), today)
    come = tuple(skip for skip in unfit if anchor_on + timedelta(days=skip.step.offset_days) <= today)
    return (*begun, *fit), come


def _debt(facts: CaseFacts, due: list[InvoiceFact], currency: str, anchor_on: date) -> RetryFacts:
    mine = [invoice for invoice in due if invoice.currency == currency]
    last_day = max(step.offset_days for step in (*facts.plan.reminders, *facts.plan.charges))
    return RetryFacts(
        amount=sum((invoice.balance for invoice in mine), Decimal(0)),
        currency=currency,
        invoice_ids=frozenset(invoice.id for invoice in mine),
        closes_at=facts.morning_of(anchor_on + timedelta(days=last_day) + PATIENCE),
        country=facts.country,
        time_zone=facts.time_zone,
        told_at=tuple(run.decided_at for run in facts.runs if run.delivery == Delivery.REACHED),
    )


def _due_step(
    facts: CaseFacts, steps: Iterable[StepFact], anchor_on: date, today: date
) -> tuple[tuple[Skip, ...], StepFact | None]:
    """Of the charge steps the one whose day has come, and earlier ones that it replaces."""
    taken = {run.step_id for run in facts.runs if run.outcome != Outcome.DELAYED}
    due = [step for step in steps if step.id not in taken and anchor_on + timedelta(days=step.offset_days) <= today]
    if not due:
        return (), None
    reason = f"its day had passed; one charge is made for all ({day_words(due[-1].offset_days)})"
    return tuple(Skip(step, reason) for step in due[:-1]), due[-1]


def _order(facts: CaseFacts, next_: NextCharge, collectable: list[InvoiceFact]) -> Order:
    debt = next_.debt
    oldest_first = tuple(dict.fromkeys(invoice.id for invoice in collectable if invoice.id in debt.invoice_ids))
    return Order(facts.customer_id, next_.method.id, debt.amount, debt.currency, oldest_first)


def _in_words(next_: NextCharge) -> str:
    return f"{in_words(next_.debt.amount, next_.debt.currency)} from {next_.method.name}: {next_.verdict.why}"
