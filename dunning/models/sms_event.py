"""What the provider of text messages told by webhook: an answer, or what became of a message. Kept as it came.

waiting → applied | stranger. Stored before it is believed, and once for each message and state.
"""

from django.db import models

from customers.models import Customer
from dunning.models.notice import Notice


class SmsEvent(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        APPLIED = "applied", "applied"
        STRANGER = "stranger", "about nobody here"

    message_sid = models.CharField(max_length=64, help_text="The provider's own id of the message.")
    kind = models.CharField(max_length=32, help_text="“answer”, or a state in the provider's own words.")
    number = models.CharField(max_length=32, help_text="The customer's.")
    text = models.TextField(blank=True)
    error_code = models.CharField(max_length=16, blank=True)
    notice_key = models.CharField(max_length=64, blank=True, help_text="Our key, as it came back.")
    form = models.JSONField(help_text="As delivered.")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    wish = models.CharField(max_length=8, blank=True, help_text="stop, start or help, where it says so.")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, null=True, blank=True, related_name="sms_events", db_index=False
    )

    class Meta:
        verbose_name = "text message event"
        indexes = [
            models.Index(name="sms_event_to_apply", fields=["id"], condition=models.Q(state="waiting")),
        ]
        constraints = [models.UniqueConstraint(name="one_row_per_sms_event", fields=["message_sid", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} ({self.number})"
