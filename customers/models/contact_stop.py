"""What a customer does not want to get, and on which channel. Released when they change their mind, never deleted."""

from django.conf import settings
from django.db import models

from customers.models.contact import Contact
from customers.models.customer import Customer
from customers.rules.contact import CHANNELS, TOPICS

# What the primary contact said counts for all, whenever they said it.
FOR_ALL = models.Q(contact=None) | models.Q(contact__is_primary=True)


class ContactStop(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_stops", db_index=False)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: all contacts."
    )
    channel = models.CharField(max_length=16, blank=True, choices=CHANNELS)
    topic = models.CharField(max_length=16, blank=True, choices=TOPICS)
    source = models.CharField(max_length=100, help_text="How they said so: on the phone, by e-mail, a law …")
    note = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_contact_stop_in_force",
                fields=["customer", "contact", "channel", "topic"],
                condition=models.Q(released_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="contact_stop_has_a_source", condition=~models.Q(source="")),
        ]

    def __str__(self) -> str:
        what = f"no {self.get_topic_display()}" if self.topic else "nothing"
        only = f" for {self.contact}" if self.contact_id else ""
        return f"{what} on {self.get_channel_display()}{only}"
