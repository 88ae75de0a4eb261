"""What the service is told about a customer: restrict, restore. Told again under the same id until it answers.

queued → delivered | failed (a day without a good answer; a person decides);  queued → withdrawn (superseded, or the
case closed). A withdrawn event with attempts may have arrived; one without surely has not.
"""

import uuid
from datetime import datetime, timedelta

from django.db import models

from customers.models import Customer
from dunning.models.case import Case

GIVEN_UP_AFTER = timedelta(days=1)


class OutgoingEvent(models.Model):
    class Kind(models.TextChoices):
        RESTRICT = "service.restrict", "restrict the service"
        RESTORE = "service.restore", "restore the service"

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        DELIVERED = "delivered", "delivered"
        FAILED = "failed", "given up"
        WITHDRAWN = "withdrawn", "withdrawn"

    event_id = models.UUIDField(unique=True, default=uuid.uuid4, help_text="The same however often it is delivered.")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="outgoing_events")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outgoing_events")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    payload = models.JSONField(help_text="What is sent besides id, number, kind and time.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField()
    tries_since = models.DateTimeField(help_text="Given up a day after this.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Counted before each call.")
    next_try_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    answers = models.JSONField(default=list, help_text="The delivery log: when, which status, which words.")

    class Meta:
        verbose_name = "event to the service"
        verbose_name_plural = "events to the service"
        indexes = [
            models.Index(name="outgoing_to_deliver", fields=["next_try_at"], condition=models.Q(state="queued")),
            models.Index(name="outgoing_given_up", fields=["created_at"], condition=models.Q(state="failed")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_queued_event_per_customer", fields=["customer"], condition=models.Q(state="queued")
            ),
        ]

    @property
    def gives_up_at(self) -> datetime:
        return self.tries_since + GIVEN_UP_AFTER

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.state}"
