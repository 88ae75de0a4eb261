"""What a case is about: which of the customer's open invoices it speaks of. Pure."""

from datetime import datetime

from dunning.rules.facts import CaseFacts, InvoiceFact, RunFact
from dunning.rules.words import Outcome


def a_letter_is_leaving(facts: CaseFacts) -> bool:
    """True while a letter is queued or waits for review."""
    return any(run.waits_to_leave for run in facts.runs)


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
    if not done or a_letter_is_leaving(facts):
        return business
    return business if any(_was_named(invoice, done) for invoice in facts.invoices) else []


def _was_named(invoice: InvoiceFact, done: list[RunFact]) -> bool:
    since = invoice.part.since if invoice.part else None
    return any(invoice.id in run.named and (since is None or run.decided_at >= since) for run in done)
