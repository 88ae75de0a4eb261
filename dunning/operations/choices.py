"""Choosing a customer's campaign by hand, for the customer or for the case that one invoice begins; or none at all."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer, Invoice
from customers.operations import news
from dunning.models import Campaign, CampaignChoice, Notice


class ChoiceRefusal(ValueError):
    """The campaign cannot be chosen; the message names the field and the remedy."""


@transaction.atomic
def choose(
    customer: Customer, campaign: Campaign | None, *, invoice: Invoice | None, reason: str, now: datetime, by: User
) -> CampaignChoice:
    """Cases opened from now on follow `campaign`; None: no reminders, from this moment on. Replaces the choice before.

    A running case keeps its campaign. Raises ChoiceRefusal for a campaign that no case can follow, and for an invoice
    of somebody else.
    """
    if invoice and invoice.customer_id != customer.pk:
        raise ChoiceRefusal(f"Invoice {invoice} belongs to another customer. Choose one of this customer.")
    if campaign and not (
        campaign.is_active and campaign.versions.filter(published_at__isnull=False, is_variant=False).exists()
    ):
        raise ChoiceRefusal(f"“{campaign}” is resting or was never published. Choose another, or switch it on first.")
    end(customer, invoice=invoice, now=now)
    if campaign is None:
        _stop_what_is_leaving(customer)
    return CampaignChoice.objects.create(
        customer=customer, invoice=invoice, campaign=campaign, reason=reason, chosen_at=now, chosen_by=by
    )


@transaction.atomic
def end(customer: Customer, *, invoice: Invoice | None, now: datetime) -> bool:
    """The conditions of the campaigns decide again; False when nothing was chosen."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    in_force = CampaignChoice.objects.filter(customer=customer, invoice=invoice, ended_at=None)
    ended = in_force.update(ended_at=now)
    news.announce([customer.pk])
    return bool(ended)


def _stop_what_is_leaving(customer: Customer) -> None:
    """A notice that was looked at before the choice, and has not been called out yet, is looked at again."""
    leased = Notice.objects.filter(customer=customer, state=Notice.State.LEASED)
    leased.update(state=Notice.State.QUEUED, lease_token=None, lease_until=None)
