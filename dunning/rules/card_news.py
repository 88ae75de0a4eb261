"""What a letter may say about the stored card: what became of it, and what the customer can do, or need not do.

A sensitive cause reads like any other no.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from customers.rules.money import totals
from dunning.rules.charging import charging_starts_on, next_charges
from dunning.rules.facts import CaseFacts, InvoiceFact
from dunning.rules.holding import chargeable
from payments.rules.declines import Auto, Judgement, Meaning, WordsForCustomer, words_for_customer
from payments.rules.methods import MethodKind, brand_words
from payments.rules.next_charge import NextCharge
from payments.rules.retry_facts import Tried, Try


class Ask(StrEnum):
    """What the customer is asked for."""

    NOTHING_YET = "nothing_yet"  # the first charge comes by itself
    NOTHING = "nothing"  # the next try comes by itself
    NOTHING_NO_FUNDS = "nothing_no_funds"
    APPROVE = "approve"
    CALL_BANK = "call_bank"
    NEW_CARD = "new_card"


@dataclass(frozen=True, slots=True)
class CardNews:
    """`brand` is empty for a bank account. `refused_on` is when the bank last said no, `next_on` when the card is tried
    next, in the customer's calendar; `amounts` per currency is what is charged then.
    """

    brand: str
    last4: str
    ask: Ask
    refused_on: date | None = None
    next_on: date | None = None
    amounts: tuple[tuple[str, Decimal], ...] = ()


def card_news(facts: CaseFacts, invoices: tuple[InvoiceFact, ...], *, now: datetime) -> CardNews | None:
    """The news about the card that these invoices are charged to; None when no card is, or nothing is to be said."""
    to_charge = chargeable(facts, list(invoices), now)
    if not (facts.methods and to_charge):
        return None
    anchor_on = min(invoice.due_on for invoice in invoices)
    starts_on = charging_starts_on(facts, to_charge, anchor_on, now=now)
    until = facts.speaks_until(now)
    found = next_charges(facts, to_charge, anchor_on, until=until, now=now) if starts_on else []
    if not found or starts_on is None:
        return None
    next_ = found[0]
    refused = _last_refusal(next_, invoices)
    ask = _ask(refused.judgement if refused else None, is_tried_again=isinstance(next_.verdict, Try))
    if ask is None:
        return None
    first_due_on = min(invoice.due_on for invoice in invoices if invoice.id in next_.debt.invoice_ids)
    tried_on = facts.local(next_.verdict.at).date() if isinstance(next_.verdict, Try) else None
    next_on = max(tried_on, starts_on, first_due_on) if tried_on else None
    return CardNews(
        brand=brand_words(next_.method.brand) if next_.method.kind is MethodKind.CARD else "",
        last4=next_.method.last4,
        ask=ask,
        refused_on=facts.local(refused.at).date() if refused else None,
        next_on=next_on,
        amounts=_charged_on(next_on, next_, found, invoices) if next_on else (),
    )


def _charged_on(
    day: date, next_: NextCharge, found: list[NextCharge], invoices: tuple[InvoiceFact, ...]
) -> tuple[tuple[str, Decimal], ...]:
    """What is charged to the same card on that day: what is due by then, in every currency."""
    same = [other for other in found if other.method.id == next_.method.id and isinstance(other.verdict, Try)]
    ids = frozenset[int]().union(*(other.debt.invoice_ids for other in same))
    due = [invoice for invoice in invoices if invoice.id in ids and invoice.due_on <= day]
    return tuple(totals((invoice.currency, invoice.balance) for invoice in due).items())


def _last_refusal(next_: NextCharge, invoices: tuple[InvoiceFact, ...]) -> Tried | None:
    """The last no to this card about these invoices."""
    ids = {invoice.id for invoice in invoices}
    refused = [
        tried for tried in next_.method.tries if tried.judgement and (not tried.invoice_ids or tried.invoice_ids & ids)
    ]
    return max(refused, key=lambda tried: tried.at, default=None)


def _ask(judgement: Judgement | None, *, is_tried_again: bool) -> Ask | None:
    if judgement is None:
        return Ask.NOTHING_YET if is_tried_again else None
    if is_tried_again:
        has_no_funds = words_for_customer(judgement) is WordsForCustomer.NO_FUNDS
        return Ask.NOTHING_NO_FUNDS if has_no_funds else Ask.NOTHING
    if judgement.is_masked:
        return Ask.NEW_CARD
    if judgement.meaning is Meaning.CUSTOMER_ACTION and judgement.auto is Auto.AFTER:
        return Ask.APPROVE
    return Ask.CALL_BANK if judgement.meaning in (Meaning.CUSTOMER_ACTION, Meaning.LATER) else Ask.NEW_CARD
