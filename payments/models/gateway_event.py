"""What a gateway told us by webhook: stored before it is believed, kept as it came, and once for each event."""

from django.db import models


class GatewayEvent(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        APPLIED = "applied", "looked up"
        NOT_OURS = "not_ours", "about nothing of ours"

    gateway = models.CharField(max_length=32)
    event_id = models.CharField(max_length=128, help_text="The gateway's own id: the same in every delivery.")
    kind = models.CharField(max_length=64, help_text="In the gateway's own words.")
    key = models.CharField(max_length=64, blank=True, help_text="Our key of the charge it is about.")
    about = models.CharField(max_length=128, blank=True, help_text="Which of the gateway's customers or invoices.")
    body = models.BinaryField(blank=True, help_text="As delivered; empty for an event found in the gateway's list.")
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    look_at = models.DateTimeField(help_text="When it is looked up, while it waits.")
    looks = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(name="event_with_body", fields=["received_at"], condition=~models.Q(body=b"")),
            models.Index(name="event_to_look_up", fields=["look_at", "id"], condition=models.Q(state="waiting")),
        ]
        constraints = [models.UniqueConstraint(name="one_row_per_event", fields=["gateway", "event_id"])]

    def __str__(self) -> str:
        return f"{self.kind} ({self.gateway})"
