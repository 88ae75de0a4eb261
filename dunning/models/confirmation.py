"""What a customer is told about a request or a payment of theirs, by mail: an outbox of its own beside the notices.

The words are written when the thing happens, and are stored without the personal link.
"""

from django.db import models

from customers.models import Customer
from dunning.models.customer_request import CustomerRequest
from dunning.models.outgoing import Outgoing
from dunning.models.portal_link import PortalLink
from dunning.rules.letter.confirmation_words import OCCASIONS
from payments.models import ChargeAttempt


class Confirmation(Outgoing):
    request = models.ForeignKey(
        CustomerRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="confirmations"
    )
    attempt = models.OneToOneField(
        ChargeAttempt, on_delete=models.PROTECT, null=True, blank=True, related_name="receipt",
        help_text="The payment on their page of which this is the receipt.",
    )  # fmt: skip
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="confirmations", db_index=False)
    occasion = models.CharField(max_length=12, choices=OCCASIONS)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=300)
    body = models.TextField(help_text="Without the personal link.")
    link = models.ForeignKey(PortalLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta(Outgoing.Meta):
        constraints = [
            models.CheckConstraint(
                name="confirmation_is_about_one_thing",
                condition=models.Q(request__isnull=False, attempt__isnull=True)
                | models.Q(request__isnull=True, attempt__isnull=False),
            ),
            models.UniqueConstraint(name="one_confirmation_per_request_and_occasion", fields=["request", "occasion"]),
        ]

    def __str__(self) -> str:
        return self.subject
