"""Who agreed to what, or refused it, when, and how they said so. Rows are only added.

What may be sent is asked of `ContactStop`. Both are written by the same operations, so that the stops in force are what
these rows add up to.
"""

from django.conf import settings
from django.db import models

from customers.models.contact import Contact
from customers.models.customer import Customer
from customers.rules.contact import CHANNELS, TOPICS, channel_words


class Consent(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Who said so, if known."
    )
    is_given = models.BooleanField(help_text="Agreed, or took a refusal back; otherwise refused.")
    channel = models.CharField(max_length=16, blank=True, choices=CHANNELS)
    topic = models.CharField(max_length=16, blank=True, choices=TOPICS)
    source = models.CharField(max_length=100, help_text="On the phone, by SMS, on the customer's page …")
    note = models.CharField(max_length=300, blank=True)
    said_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [models.CheckConstraint(name="consent_has_a_source", condition=~models.Q(source=""))]

    def __str__(self) -> str:
        verb = "agrees to" if self.is_given else "refuses"
        return f"{verb} {self.get_topic_display()} by {channel_words(self.channel)}"
