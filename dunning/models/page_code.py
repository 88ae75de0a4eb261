"""A code that opens the details of a customer's page for an hour: sent to an address we know, kept as a keyed hash.

calling → sent | refused | in_doubt. It is sent once, right when it is asked for; one of unknown fate is not repeated:
the customer asks for another.
"""

from django.db import models

from customers.models import Customer
from dunning.models.portal_link import PortalLink


class PageCode(models.Model):
    class State(models.TextChoices):
        CALLING = "calling", "being sent"
        SENT = "sent", "sent"
        REFUSED = "refused", "refused"
        IN_DOUBT = "in_doubt", "in doubt"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="page_codes", db_index=False)
    link = models.ForeignKey(PortalLink, on_delete=models.CASCADE, related_name="codes")
    channel = models.CharField(max_length=16)
    salt = models.BinaryField(max_length=16)
    code_hash = models.BinaryField(max_length=32)
    state = models.CharField(max_length=8, choices=State.choices, default=State.CALLING)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was refused or is in doubt.")

    class Meta:
        verbose_name = "code for a customer's page"
        verbose_name_plural = "codes for customers' pages"
        indexes = [models.Index(name="page_codes_of_a_customer", fields=["customer", "-asked_at"])]

    def __str__(self) -> str:
        return f"code of customer {self.customer_id}, {self.asked_at:%Y-%m-%d %H:%M}"
