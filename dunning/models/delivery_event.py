"""What a provider told of a message it took: stored as it came before anything follows from it, once for each event."""

from django.db import models

from customers.rules.choices import choices
from dunning.models.notice import Notice
from dunning.rules.delivery_news import WORDS


class DeliveryEvent(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        APPLIED = "applied", "applied"
        STRANGER = "stranger", "about nothing of ours"

    channel = models.CharField(max_length=16)
    provider = models.CharField(max_length=32)
    event_id = models.CharField(max_length=128, help_text="The provider's own id, or a hash of what it is about.")
    kind = models.CharField(max_length=12, choices=choices(WORDS))
    said_kind = models.CharField(max_length=64, blank=True, help_text="In the provider's own words.")
    detail = models.CharField(max_length=300, blank=True, help_text="What it said besides.")
    recipient = models.CharField(max_length=254, blank=True, help_text="In small letters.")
    notice_key = models.CharField(max_length=20, blank=True, help_text="The number of our notice, as it came back.")
    reference = models.CharField(max_length=200, blank=True, help_text="The message's id at the provider, or ours.")
    body = models.BinaryField(blank=True, help_text="As delivered.")
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, null=True, blank=True, related_name="delivery_events", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(name="delivery_with_body", fields=["received_at"], condition=~models.Q(body=b"")),
            models.Index(name="delivery_to_apply", fields=["id"], condition=models.Q(state="waiting")),
            models.Index(name="delivery_of_notice", fields=["notice"], condition=models.Q(notice__isnull=False)),
            models.Index(name="delivery_of_address", fields=["recipient", "channel"]),
            models.Index(
                name="delivery_heard", fields=["channel", "received_at"], condition=models.Q(kind="delivered")
            ),
            models.Index(name="delivery_not_understood", fields=["received_at"], condition=models.Q(kind="unknown")),
        ]
        constraints = [models.UniqueConstraint(name="one_row_per_delivery_event", fields=["provider", "event_id"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.provider})"
