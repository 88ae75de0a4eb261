"""Which steps of a campaign fit the customer today, and which campaign fits a customer at all."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from customers.rules.contact import CALL, Topic
from customers.rules.money import totals
from dunning.rules.conditions import Condition, first_unmet
from dunning.rules.decisions import Skip
from dunning.rules.experiments.assignment import Trial
from dunning.rules.facts import CaseFacts, InvoiceFact
from dunning.rules.holding import without_held
from dunning.rules.pace import Pace
from dunning.rules.plan_facts import StepFact
from dunning.rules.readers import forbids
from dunning.rules.situation import Situation, Sum
from dunning.rules.triggers import Trigger
from dunning.rules.words import Delivery, StepKind


def situation_of(facts: CaseFacts, collectable: Sequence[InvoiceFact], today: date) -> Situation:
    """The case as conditions see it. `collectable`: what may be asked for now; `today`: the customer's day."""
    open_ = totals((invoice.currency, invoice.balance) for invoice in collectable)
    billed = totals((invoice.currency, invoice.amount) for invoice in _each_once(collectable))
    return Situation(
        customer=facts.customer,
        today=today,
        sums={currency: Sum(amount, billed[currency]) for currency, amount in open_.items()},
        invoices=len({invoice.id for invoice in collectable}),
        last_letter=_last_letter(facts),
    )


def _each_once(invoices: Sequence[InvoiceFact]) -> Iterable[InvoiceFact]:
    """An invoice in a plan comes once for each instalment."""
    return {invoice.id: invoice for invoice in invoices}.values()


def _last_letter(facts: CaseFacts) -> str:
    sent = [run for run in facts.runs if run.delivery == Delivery.REACHED]
    if not sent:
        return "none"
    return "opened" if max(sent, key=lambda run: run.decided_at).opened else "unopened"


def skip_unfit(
    facts: CaseFacts, collectable: Sequence[InvoiceFact], pace: Pace, steps: tuple[StepFact, ...], today: date
) -> tuple[tuple[Skip, ...], Pace, tuple[StepFact, ...]]:
    """Set aside the due steps whose conditions do not hold, and offers that are not wanted.

    Returns (skips, the pace then, steps still to come).
    """
    asking = [step for step in steps if _may_be_unfit(step) and pace.planned_on(step) <= today]
    if not asking:
        return (), pace, steps
    situation = situation_of(facts, collectable, today)
    noes = {step.id: no for step in asking if (no := _no_to(facts, step, situation))}
    skips = tuple(Skip(step, noes[step.id][:450], unfit=True) for step in asking if step.id in noes)
    kept = tuple(step for step in steps if step.id not in noes)
    return skips, replace(pace, passes_over=pace.passes_over or bool(skips)), kept


def _may_be_unfit(step: StepFact) -> bool:
    return bool(step.conditions) or step.topic is Topic.OFFERS or step.kind is StepKind.CALL


def _no_to(facts: CaseFacts, step: StepFact, situation: Situation) -> str:
    """Why the step is left out: the customer's wish, where nothing is lost by it, or a condition."""
    if step.kind is StepKind.CALL and facts.limits.forbids(CALL, Topic.REMINDERS):
        return "the customer wants no phone calls"
    if step.topic is Topic.OFFERS and all(forbids(facts, step, channel) for channel in step.ways):
        return "the customer wants no offers"
    return first_unmet(step.conditions, situation)


def parted(
    facts: CaseFacts, collectable: Sequence[InvoiceFact], steps: Iterable[StepFact], today: date
) -> tuple[tuple[StepFact, ...], tuple[Skip, ...]]:
    """Of steps that are no letters: those whose conditions hold today, and the others with the reason.

    Calls that are not wanted are among the others.
    """
    steps = tuple(steps)
    if not any(map(_may_be_unfit, steps)):
        return steps, ()
    situation = situation_of(facts, collectable, today)
    noes = {step.id: no for step in steps if (no := _no_to(facts, step, situation))}
    fit = tuple(step for step in steps if step.id not in noes)
    return fit, tuple(Skip(step, noes[step.id][:450], unfit=True) for step in steps if step.id in noes)


@dataclass(frozen=True, slots=True)
class Offer:
    """An active campaign's newest version, for whoever its conditions fit; `reach_days` as of its plan.

    `trial`: the experiment that divides those who get it among versions.
    """

    campaign_id: int
    version_id: int
    name: str
    conditions: tuple[Condition, ...]
    reach_days: int
    trigger: Trigger = Trigger.OVERDUE
    trial: Trial | None = None


def begun_by(offers: Iterable[Offer], happened: Container[Trigger]) -> list[Offer]:
    """The offers that a debt that is due, or what `happened`, begins."""
    return [offer for offer in offers if offer.trigger == Trigger.OVERDUE or offer.trigger in happened]


def offer_for(
    facts: CaseFacts, offered: Sequence[Offer], happened: Container[Trigger], today: date, now: datetime
) -> Offer | None:
    """The campaign for a customer without a case, `offered` in their order; None when none fits.

    All campaigns judge by what falls due within the longest reach of any, so that none is taken too early.
    """
    until = today + timedelta(days=max(offer.reach_days for offer in offered))
    due = without_held(facts, [invoice for invoice in facts.invoices if invoice.due_on <= until], now)
    return first_fitting(begun_by(offered, happened), situation_of(facts, due, today))


def first_fitting(offers: Iterable[Offer], situation: Situation) -> Offer | None:
    """The first of the offers, which come in order of priority, whose conditions all hold."""
    return next((offer for offer in offers if not first_unmet(offer.conditions, situation)), None)
