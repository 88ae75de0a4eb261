"""Fees for late payment: claimed by law where the desk knows that somebody buys as a business; paid, or let off."""

from datetime import date, datetime

from django.contrib.auth.models import User

from config.demo.scenes import Act
from customers.models import Customer
from customers.operations.customers import set_kind
from payments.models import Claim, ClaimPolicy, Payment
from payments.operations import claims, payments
from payments.queries.invoices import open_invoices, sum_of


def are_claimed(*, since: date) -> None:
    """The desk claims what law gives it from this day on."""
    ClaimPolicy.objects.create(is_on=True, source="Decided by the management, for businesses", valid_from=since)


def buys_as_a_business() -> Act:
    """The desk notes that the customer is a business."""

    def act(customer: Customer, now: datetime, _by: User) -> None:
        set_kind([customer.pk], Customer.Kind.BUSINESS, now=now)

    return act


def pays_with_the_fees() -> Act:
    """A bank transfer over all that is open, and what is claimed beside it."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        for claim in _open(customer):
            payments.record(
                customer,
                amount=claim.amount + sum_of(open_invoices(customer).filter(currency=claim.currency)),
                currency=claim.currency,
                received_on=now.date(),
                source=Payment.Source.DESK,
                now=now,
                by=by,
            )
            claims.pay_from_credit(claim, now=now, by=by)

    return act


def is_let_off_the_fees(reason: str) -> Act:
    """The desk waives what is claimed beside the invoices."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        for claim in _open(customer):
            claims.waive(claim, reason=reason, now=now, by=by)

    return act


def _open(customer: Customer) -> list[Claim]:
    return list(Claim.objects.filter(invoice__customer=customer, kind="lump_sum", waived_at=None))
