"""A mail that waits to leave: what the outboxes share beside the notices.

queued → calling → sent | refused | in_doubt, or withdrawn by the last look. The row says *calling*, committed, before
the provider is called; one of unknown fate is repeated only where the provider honours our key.
"""

from django.db import models


class Outgoing(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        CALLING = "calling", "being sent"
        SENT = "sent", "sent"
        REFUSED = "refused", "refused"
        WITHDRAWN = "withdrawn", "withdrawn"
        IN_DOUBT = "in_doubt", "in doubt"

    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    address = models.CharField(max_length=254, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Not before.")
    calling_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    provider_reference = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        indexes = [
            models.Index(name="%(class)s_to_send", fields=["due_at", "id"], condition=models.Q(state="queued")),
            models.Index(
                name="%(class)s_unclear",
                fields=["calling_at"],
                condition=models.Q(state__in=["calling", "in_doubt"]),
            ),
        ]
