"""Proposing to give up what is open, and deciding on it: by one manager, above a limit by two.

Locks: customer, case, proposal, invoices by id. The ledger's own write-off posts each amount, once.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer
from customers.operations import ledger
from customers.queries import write_off_limit
from customers.rules.money import in_words
from dunning.models import Case, CaseEvent, WriteOffLine, WriteOffProposal
from dunning.operations.advance import facts_of
from dunning.operations.cases import advance_case
from dunning.operations.proposing import rows_of, store
from dunning.rules.giving_up import Answer, Proposed, Verdict, agree

State = WriteOffProposal.State


class WriteOffRefusal(ValueError):
    """It cannot be proposed or decided as asked; the message says why, and what to do instead."""


@transaction.atomic
def propose(case: Case, *, reason: str, now: datetime, by: User) -> int:
    """Propose to give up all that is due and collectable of the case, one proposal per currency; returns how many.

    Raises WriteOffRefusal for a closed case, and when nothing can be given up that is not proposed already.
    """
    case = _lock_case(case)
    rows = rows_of(case.pk, facts_of(case, now=now), reason=reason, by=by, now=now)
    before = _open_of(case)
    rows = [row for row in rows if row["currency"] not in before]
    if not rows:
        proposed = "All of it is proposed already." if before else "Nothing is due that could be given up."
        raise WriteOffRefusal(f"{proposed} What is disputed, on hold or in instalments is left out.")
    store(rows, now=now)
    return len(rows)


@transaction.atomic
def approve(proposal: WriteOffProposal, *, now: datetime, by: User) -> WriteOffProposal:
    """Agree to it. It is written off now, waits for a second manager, or lapses because the facts have changed.

    Raises WriteOffRefusal for who proposed it or agreed before, when it is decided, and while money is on its way.
    """
    mine = _lock(proposal)
    facts, lines = facts_of(mine.case, now=now), {line.invoice_id: line for line in mine.lines.all()}
    if facts.payment_under_way or facts.money_unmatched or facts.debited & set(lines):
        raise WriteOffRefusal("Money is on its way, or waits to be matched. See what becomes of it first.")
    invoices = {invoice.pk: invoice for invoice in ledger.lock_invoices(lines)}
    proposed = Proposed({pk: line.amount for pk, line in lines.items()}, mine.proposed_by_id, mine.first_by_id)
    limit = write_off_limit(mine.currency, on=now.date())
    answer = agree(proposed, {pk: one.balance for pk, one in invoices.items()}, limit=limit, by=by.pk)
    match answer.verdict:
        case Verdict.REFUSED:
            raise WriteOffRefusal(answer.says)
        case Verdict.LAPSES:
            _end(mine, State.LAPSED, answer.says, now, None)
        case Verdict.WAITS_FOR_SECOND:
            _note_first(mine, now, by)
        case Verdict.WRITE_OFF:
            for pk, amount in answer.amounts:
                reference = f"write-off {mine.pk}"
                ledger.write_off(invoices[pk], reason=mine.reason, now=now, on=now.date(), by=by, reference=reference)
                WriteOffLine.objects.filter(proposal=mine, invoice=pk).update(given_up=amount)
            _end(mine, State.APPROVED, _written_off(mine, answer), now, by)
            advance_case(mine.case, now=now)
    return mine


@transaction.atomic
def refuse(proposal: WriteOffProposal, *, reason: str, now: datetime, by: User) -> None:
    """Do not write it off; the case goes on. Raises WriteOffRefusal when it is decided."""
    _end(_lock(proposal), State.REFUSED, reason, now, by)


def _written_off(mine: WriteOffProposal, answer: Answer) -> str:
    given_up = sum((amount for _, amount in answer.amounts), Decimal(0))
    says, whole = f"{in_words(given_up, mine.currency)} written off", in_words(mine.amount, mine.currency)
    return says if given_up == mine.amount else f"{says}; the rest of {whole} was settled"


def _note_first(mine: WriteOffProposal, now: datetime, by: User) -> None:
    mine.first_by, mine.first_at = by, now
    mine.save(update_fields=["first_by", "first_at"])
    _tell(mine, f"{in_words(mine.amount, mine.currency)}: approved by a first manager; a second has to agree", now, by)


def _end(mine: WriteOffProposal, state: State, decision: str, now: datetime, by: User | None) -> None:
    mine.state, mine.decision, mine.decided_at, mine.decided_by = state, decision[:300], now, by
    mine.save(update_fields=["state", "decision", "decided_at", "decided_by"])
    _tell(mine, f"The proposed write-off: {state.label}. {decision}", now, by)


def _tell(mine: WriteOffProposal, text: str, now: datetime, by: User | None) -> None:
    kind = CaseEvent.Kind.WRITE_OFF
    CaseEvent.objects.create(case=mine.case, happened_at=now, kind=kind, text=text[:500], actor=by)


def _lock_case(case: Case) -> Case:
    Customer.objects.select_for_update(no_key=True).get(pk=case.customer_id)
    locked = Case.objects.select_for_update(of=("self",)).select_related("customer").get(pk=case.pk)
    if locked.state != Case.State.OPEN or locked.about:
        raise WriteOffRefusal("This case is closed, or not about debts.")
    return locked


def _lock(proposal: WriteOffProposal) -> WriteOffProposal:
    Customer.objects.select_for_update(no_key=True).get(pk=proposal.case.customer_id)
    case = Case.objects.select_for_update(of=("self",)).select_related("customer").get(pk=proposal.case_id)
    locked = WriteOffProposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state != State.OPEN:
        raise WriteOffRefusal(f"It is decided already: {locked.get_state_display()}.")
    locked.case = case
    return locked


def _open_of(case: Case) -> Iterable[str]:
    return set(WriteOffProposal.objects.filter(case=case, state=State.OPEN).values_list("currency", flat=True))
