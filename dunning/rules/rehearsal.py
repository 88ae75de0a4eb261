"""One case lived ahead: what the engine will do from day to day if the customer does nothing.

The same decisions as the engine takes, on a copy of the facts: from one moment at which something can change to the
next. Nobody pays, complains or writes; money comes only from charges, if they are assumed to succeed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from customers.rules.days import zone
from customers.rules.money import totals
from dunning.rules.business import still_our_business
from dunning.rules.consequences import Charges, Left, carried_out, left_first
from dunning.rules.decide import decide
from dunning.rules.decisions import Charge, Close, Decision, Send, Wait
from dunning.rules.facts import CaseFacts, InvoiceFact
from dunning.rules.fitting import Offer, offer_for
from dunning.rules.foretelling import offer_ahead
from dunning.rules.holding import without_held
from dunning.rules.plan_ahead import leaves_at, runs_of, with_contact
from dunning.rules.plan_facts import PlanFact, StepFact
from dunning.rules.triggers import Foreseen, Trigger
from dunning.rules.words import Attention, Outcome, Rule, spelled

MOST_TURNS = 5000  # far more than an hourly look for months; more would be a rule that never moves on


class Kind(StrEnum):
    """What can happen on a day."""

    OPENED = "opened"
    LETTER = "letter"
    CHARGE = "charge"
    ACTION = "action"
    FEE = "fee"
    SKIPPED = "skipped"
    DELAYED = "delayed"
    WAITS = "waits"
    PERSON = "person"
    CLOSED = "closed"


RELEASED = "; a manager reviews it first, and is taken to release it at once"
LASTING = (Kind.DELAYED, Kind.WAITS, Kind.PERSON)  # looked at again and again, and told once


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens on the day `on` (the customer's calendar), with its reason; amounts per currency.

    `what`: the step in words. `settles`: invoices that a charge pays in
    whole, if it is assumed to succeed; one in a plan is not among them.
    """

    on: date
    kind: Kind
    reason: str
    step: StepFact | None = None
    what: str = ""
    amounts: tuple[tuple[str, Decimal], ...] = ()
    settles: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Strategy:
    """What a new case may follow: the active campaigns in their order, with their plans by version.

    `happened`: what happened to the customer that begins a campaign of its own.
    """

    offers: tuple[Offer, ...]
    plans: Mapping[int, PlanFact]
    happened: frozenset[Trigger] = frozenset()

    def plan_for(self, facts: CaseFacts, now: datetime) -> PlanFact | None:
        """The plan that a case opened now would follow, as the engine chooses it."""
        if not self.offers:
            return None
        offer = offer_for(facts, self.offers, self.happened, facts.local(now).date(), now)
        return self.plans[offer.version_id] if offer else None

    def only(self, offer: Offer | None) -> "Strategy":
        """The same with the one campaign that a person chose, or with none."""
        return Strategy((replace(offer, conditions=(), trigger=Trigger.OVERDUE),) if offer else (), self.plans)


def live(
    facts: CaseFacts, *, is_open: bool, strategy: Strategy, until: date, charges: Charges, now: datetime
) -> Iterator[Event]:
    """Everything that happens to one customer from `now` to the end of the day `until`, in order of time.

    `is_open`: they have a case. `strategy`: what new cases follow. Raises what deciding raises.
    """
    waiting = left_first(facts, now=now) if is_open else None
    if waiting and waiting.step:
        yield from _up_to(until, [_left(waiting)])
    known = waiting.facts if waiting else facts
    yield from _up_to(until, _news_only(_walk(known, is_open, strategy, until, charges, now)))


def _up_to(until: date, events: Iterable[Event]) -> Iterator[Event]:
    return (event for event in events if event.on <= until)


def _left(left: Left) -> Event:
    on = left.facts.local(left.at).date()
    what = left.facts.plan.words_of(left.step) if left.step else ""
    return Event(on, Kind.LETTER, "it waits to leave", left.step, what, sums(left.invoices))


def _walk(
    facts: CaseFacts, is_open: bool, strategy: Strategy, until: date, charges: Charges, now: datetime
) -> Iterator[Event]:
    """From one moment at which something can change to the next, at least up to the day `until`."""
    for _ in range(MOST_TURNS):
        if not is_open:
            opening = _opening(facts, strategy, now)
            if opening is None:
                return
            (now, facts), is_open = opening, True
            yield _opened(facts, now)
        if facts.local(now).date() > until:
            return
        decision = decide(facts, now=now)
        yield from _told(facts, decision, now)
        if isinstance(decision, Close) and facts.about:
            return  # what was foreseen has one case, ever
        if isinstance(decision, Close):
            facts, is_open = _closed(facts, decision, now), False
        else:
            facts = carried_out(facts, decision, charges, now=now)
            now = decision.until if isinstance(decision, Wait) else now


def _news_only(events: Iterator[Event]) -> Iterator[Event]:
    """Without what is only looked at again and still the same."""
    last: dict[Kind, Event] = {}
    for event in events:
        known = last.get(event.kind)
        if event.kind in LASTING and known and (known.step, known.reason) == (event.step, event.reason):
            continue
        last[event.kind] = event
        yield event


def _closed(facts: CaseFacts, close: Close, now: datetime) -> CaseFacts:
    """What a new case would begin with; a thank-you counts as a contact like every letter."""
    facts = replace(facts, runs=())
    thanked = close.thanks and close.thanks.channel in facts.channels
    if not (close.thanks and thanked):
        return facts
    return replace(facts, limits=with_contact(facts, close.thanks.channel, at=leaves_at(facts, now)))


def first_plan(facts: CaseFacts, strategy: Strategy, now: datetime) -> PlanFact | None:
    """The plan that a customer without a case will follow, None when nothing begins one."""
    opening = _opening(facts, strategy, now)
    return opening[1].plan if opening else None


def _opening(facts: CaseFacts, strategy: Strategy, now: datetime) -> tuple[datetime, CaseFacts] | None:
    """The moment, from `now` on, at which something becomes the business of a new case, and the facts with its plan."""
    if facts.foreseen:
        return _opening_ahead(facts, facts.foreseen, strategy, now)
    reaches = {timedelta(days=offer.reach_days) for offer in strategy.offers}
    days = {invoice.due_on - reach for invoice in facts.invoices for reach in reaches}
    days |= {hold.until_on + timedelta(days=1) for hold in facts.holds if hold.until_on}
    for moment in _nights(facts, days, now):
        plan = strategy.plan_for(facts, moment)
        if plan and _beginning(begun := replace(facts, plan=plan), moment):
            return moment, begun
    return None


def _opening_ahead(
    facts: CaseFacts, fact: Foreseen, strategy: Strategy, now: datetime
) -> tuple[datetime, CaseFacts] | None:
    """The same of what is foreseen: when a campaign begins to speak about it."""
    days = {fact.on - timedelta(days=offer.reach_days) for offer in strategy.offers}
    for moment in _nights(facts, days, now):
        if offer := offer_ahead(facts, fact, strategy.offers, facts.local(moment).date()):
            return moment, replace(facts, plan=strategy.plans[offer.version_id])
    return None


def _nights(facts: CaseFacts, days: set[date], now: datetime) -> list[datetime]:
    """Now, and when these days begin for the customer, as far as they are to come."""
    turns = sorted(datetime.combine(day, time(), zone(facts.time_zone)).astimezone(UTC) for day in days)
    return [now, *(moment for moment in turns if moment > now)]


def _beginning(facts: CaseFacts, now: datetime) -> list[InvoiceFact]:
    """What a case may begin with: whatever is due, unless its own holds let neither letters nor charges through."""
    held = {h.invoice_id for h in facts.holds_in_force(now) if h.blocks_contact and h.blocks_charges}
    return [invoice for invoice in still_our_business(facts, now) if invoice.id not in held]


def _opened(facts: CaseFacts, now: datetime) -> Event:
    if facts.foreseen:
        return Event(facts.local(now).date(), Kind.OPENED, str(facts.foreseen))
    oldest = min(invoice.due_on for invoice in _beginning(facts, now))
    return Event(facts.local(now).date(), Kind.OPENED, f"the oldest open amount is due on {spelled(oldest)}")


def _told(facts: CaseFacts, decision: Decision, now: datetime) -> Iterator[Event]:
    today = facts.local(now).date()
    for step, outcome, reason in runs_of(facts, decision):
        what = facts.plan.words_of(step)
        if outcome == Outcome.SKIPPED:
            yield Event(today, Kind.SKIPPED, reason, step, what)
        elif step in facts.plan.actions:
            yield Event(today, Kind.ACTION, reason, step, what)
        elif isinstance(decision, Send):
            asked_for = without_held(facts, still_our_business(facts, now), now)
            reason += RELEASED if step.is_reviewed else ""
            yield Event(today, Kind.LETTER, reason, step, what, sums(asked_for))
        elif isinstance(decision, Close):
            yield Event(facts.local(leaves_at(facts, now)).date(), Kind.LETTER, reason, step, what)
    if isinstance(decision, Charge):
        what = facts.plan.words_of(decision.step) if decision.step else "another try of the stored card"
        parts = {invoice.id for invoice in facts.invoices if invoice.part}
        for order in decision.orders:
            amounts, whole = ((order.currency, order.amount),), tuple(pk for pk in order.invoice_ids if pk not in parts)
            yield Event(today, Kind.CHARGE, decision.reason, decision.step, what, amounts, whole)
    if isinstance(decision, Close):
        yield Event(today, Kind.CLOSED, decision.reason)
    if isinstance(decision, Wait) and (kind := _kind_of_wait(decision)):
        what = facts.plan.words_of(decision.step) if decision.step else ""
        yield Event(today, kind, decision.reason, decision.step, what)


def _kind_of_wait(wait: Wait) -> Kind | None:
    """None for one that only counts the days to the next letter or charge."""
    if wait.attention != Attention.NONE:
        return Kind.PERSON
    if wait.delays:
        return Kind.DELAYED
    return None if wait.next_letter_at or wait.rule in (Rule.CARD_NEXT, Rule.SAID) else Kind.WAITS


def sums(invoices: list[InvoiceFact] | tuple[InvoiceFact, ...]) -> tuple[tuple[str, Decimal], ...]:
    """What these invoices owe, per currency."""
    return tuple(totals((invoice.currency, invoice.balance) for invoice in invoices).items())
