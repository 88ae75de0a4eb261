"""Claims that a law leaves to a person to judge, or that follow a letter: raised one by one, with every condition."""

from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer, Invoice
from customers.rules.days import local_day
from customers.rules.money import fits, in_words
from payments.models import Claim
from payments.operations.claims import ClaimRefusal, claim_under, law_of, refuse_unless
from payments.queries.laws import frozen_days, law_book
from payments.rules.claims import ClaimKind, Law, may_begin
from payments.rules.cost_letters import Told
from payments.rules.interest import is_frozen
from payments.rules.terms import Ceiling


def raise_after_letter(invoice: Invoice, told: Told | None, *, now: datetime, by: User | None) -> Claim:
    """Raise the costs that a letter named for this invoice, or what the law gives by now if that is less.

    `told`: the letter that arrived. Raises ClaimRefusal without one, before its days have passed, and as by hand.
    """
    if told is None:
        raise ClaimRefusal("No letter that names these costs has reached the customer for this invoice yet.")
    cost, on = ClaimKind.COST, told.arrived_on
    return raise_by_hand(invoice, cost, on=on, step=0, amount=None, announced=told.share, now=now, by=by)


@transaction.atomic
def raise_by_hand(
    invoice: Invoice,
    kind: ClaimKind,
    *,
    on: date,
    step: int,
    amount: Decimal | None,
    now: datetime,
    by: User | None,
    announced: Decimal | None = None,
) -> Claim:
    """Raise what a law leaves to a person to judge.

    `on`: the day from which the law counts (interest: the first day of default; costs: the day the customer was told).
    `step`: which reminder it is for. `amount`: the actual cost, where the law asks for that. `announced`: what a letter
    named, the most that is claimed. Raises ClaimRefusal.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=invoice.customer_id)
    invoice = Invoice.objects.select_related("customer").get(pk=invoice.pk)
    book, today = law_book(), local_day(now, customer.time_zone)
    law = law_of(book, invoice, kind, on)
    refuse_unless(book.is_on(today), "Late-payment claims are off. A manager switches them on under Claim policy.")
    if not law:
        raise ClaimRefusal(f"No law on file lets this be claimed: {_why_no_law(invoice)}")
    refuse_unless(
        announced is not None or not law.needs_letter,
        "This law asks for a letter first that names the costs: press “Costs after the letter” when its days are over.",
    )
    _refuse_too_early(invoice, law, on, step, today)
    claim = claim_under(invoice, law, on, now)
    refuse_unless(claim is not None, "The law gives nothing for a debt of this size.")
    assert claim
    if isinstance(law.terms, Ceiling):
        claim.amount = _actual_cost(amount, law.terms, invoice.currency)
    if announced is not None:
        claim.amount = min(claim.amount, announced)
    claim.step, claim.raised_by = step, by
    if Claim.objects.filter(invoice=invoice, kind=kind, step=step).exists():
        raise ClaimRefusal("This was raised before, and each is raised once. Nothing was done a second time.")
    claim.save()
    return claim


def _refuse_too_early(invoice: Invoice, law: Law, on: date, step: int, today: date) -> None:
    refuse_unless(invoice.balance > 0, "Nothing is open of this invoice any more.")
    refuse_unless(invoice.due_on < on <= today, "Give a day after the due date and not after today.")
    frozen = frozen_days([invoice])[invoice.pk]
    refuse_unless(not is_frozen(today, frozen), "Nothing is claimed during a dispute, hardship or an instalment plan.")
    refuse_unless(step >= law.from_step, f"This law lets it be claimed from reminder {law.from_step} on.")
    refuse_unless(
        not law.wait_days or may_begin(law, on, today),
        f"{law.wait_days} full days must pass after the letter arrived, on {on}. Raise it after that.",
    )


def _actual_cost(amount: Decimal | None, terms: Ceiling, currency: str) -> Decimal:
    if amount is None or not 0 < amount <= terms.most or not fits(amount, currency):
        raise ClaimRefusal(f"Give what the reminder really cost: above 0, up to {in_words(terms.most, currency)}.")
    return amount


def _why_no_law(invoice: Invoice) -> str:
    customer = invoice.customer
    if customer.kind == Customer.Kind.UNKNOWN:
        return "it is not known whether they buy as a business or as a consumer. Say so on the customer's page."
    return f"{customer.get_kind_display()}, {customer.country or 'no country'}, {invoice.currency}. See Laws."
