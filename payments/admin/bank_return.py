"""The part of a bank line's page on which a debit finds the payment that it took back."""

from dataclasses import dataclass
from datetime import datetime

from django import forms

from customers.admin.buttons import Button, Press
from customers.wording import money
from payments.models import BankLine, Payment
from payments.operations import bank_lines, bank_returns, refunds
from payments.rules.matching import SUGGESTED
from payments.rules.returns import Return

REFUSALS = (bank_lines.BankLineRefusal, refunds.RefundRefusal)
DONE_BEFORE = "This had been done already."


class TakenBackForm(forms.Form):
    """A suggestion as the page showed it."""

    payment = forms.IntegerField()


@dataclass(frozen=True, slots=True)
class SuggestedReturn:
    """A payment that the debit could have taken back, and why."""

    match: Return
    payment: Payment


def is_waiting_return(line: BankLine) -> bool:
    return line.state == BankLine.State.WAITING and line.amount < 0


def suggested_returns(line: BankLine, *, now: datetime) -> list[SuggestedReturn]:
    """Up to three, with the payments behind them; none for a line that is no return or does not wait."""
    if not is_waiting_return(line):
        return []
    found = bank_returns.suggestions(line, now=now)[:SUGGESTED]
    payments = Payment.objects.select_related("customer").in_bulk([match.payment_id for match in found])
    return [SuggestedReturn(match, payments[match.payment_id]) for match in found]


def take_back(line: BankLine, payment_id: int, press: Press) -> str:
    """Record what the debit took back, as suggested; what was done in words, nothing when it is no suggestion now."""
    told = [m for m in bank_returns.suggestions(line, now=press.now) if m.payment_id == payment_id]
    if is_waiting_return(line) and not told:
        return ""
    payment = Payment.objects.select_related("customer").get(pk=payment_id)
    why = f"suggestion taken ({told[0].score}): {told[0].why}" if told else ""
    if not bank_returns.post(line, payment, why=why, now=press.now, by=press.by):
        return DONE_BEFORE
    return f"{money(-line.amount, line.currency)} of {payment.customer} taken back. What it had settled is owed again."


def _take_for_return(line: BankLine, press: Press) -> str:
    done = bank_lines.take_for_return(line, by=press.by, now=press.now)
    return "It waits to be matched with the payment that it took back." if done else DONE_BEFORE


TAKE_FOR_RETURN = Button(
    name="is_return",
    label="It took a customer's payment back",
    says="For a returned debit or a recalled transfer that the bank did not mark as one. Then choose the payment.",
    permission="payments.change_bankline",
    act=_take_for_return,
    offered=lambda line: line.state == BankLine.State.NOT_FOR_US and line.amount < 0,
    refusals=REFUSALS,
)
