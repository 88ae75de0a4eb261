"""How a case ends when nothing of what it was about is open any more, and whether the customer is thanked. Pure."""

from datetime import datetime

from dunning.rules.contact import thanks_are_kept
from dunning.rules.decisions import Close, Skip
from dunning.rules.facts import CaseFacts, InvoiceFact
from dunning.rules.giving_up import given_up
from dunning.rules.plan_facts import StepFact
from dunning.rules.words import Delivery, Ending, spelled


def close(facts: CaseFacts, now: datetime) -> Close:
    """The end of a case that has no business any more."""
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
