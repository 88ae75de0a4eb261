"""One open case per customer about what is owed, and one for each thing foreseen: which frozen campaign is followed,
and when to look again.

`next_action_at` is the alarm clock and is set exactly while the case is open. Everything else a screen
shows (balance, holds, paused or not) is computed from facts.
"""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from customers.models import Customer
from dunning.models.campaign import CampaignVersion, Step
from dunning.rules.words import Attention, Ending


class Case(models.Model):
    class State(models.TextChoices):
        OPEN = "open", "open"
        CLOSED = "closed", "closed"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="cases")
    version = models.ForeignKey(CampaignVersion, on_delete=models.PROTECT, related_name="cases")
    about = models.CharField(
        max_length=60,
        blank=True,
        db_default="",
        help_text="What it foresees, as a key; empty for the case about what is owed.",
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    level = models.PositiveSmallIntegerField(default=0, help_text="Dunning level: the firmest tone sent so far.")
    anchor_on = models.DateField(
        null=True, blank=True, help_text="Due date of the oldest open invoice the steps count from."
    )
    next_action_at = models.DateTimeField(null=True, blank=True)
    next_step = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    next_reason = models.CharField(max_length=500, blank=True, help_text="Why then.")
    next_because = models.JSONField(
        default=list,
        blank=True,
        db_default=models.Value([], models.JSONField()),
        help_text="The rules and facts behind the present wait.",
    )
    attention = models.CharField(
        max_length=16, blank=True, choices=[(a.value, a.value.replace("_", " ")) for a in Attention if a]
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who looks after it.",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=16, blank=True, choices=[(e.value, e.value.replace("_", " ")) for e in Ending])
    close_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            BrinIndex(fields=["opened_at"], name="case_opened", autosummarize=True),  # what was opened today
            models.Index(name="case_due", fields=["next_action_at"], condition=models.Q(state="open")),
            models.Index(name="case_needs_a_person", fields=["attention"], condition=~models.Q(attention="")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_open_case_per_customer", fields=["customer"], condition=models.Q(state="open", about="")
            ),
            models.UniqueConstraint(name="one_case_per_foreseen", fields=["about"], condition=~models.Q(about="")),
            models.CheckConstraint(
                name="case_clock_runs_exactly_while_open",
                condition=models.Q(state="open", next_action_at__isnull=False, closed_at__isnull=True)
                | models.Q(state="closed", next_action_at__isnull=True, closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Case {self.pk}"


class CaseEvent(models.Model):
    """What happened to a case besides its steps: opened, paused, paid, closed … Append-only by trigger."""

    class Kind(models.TextChoices):
        OPENED = "opened", "opened"
        PAUSED = "paused", "paused"
        RESUMED = "resumed", "resumed"
        PARKED = "parked", "parked"
        PAYMENT = "payment", "payment"
        CHARGE = "charge", "charge ordered"
        CLOSED = "closed", "closed"
        NOTICE = "notice", "notice"
        MOVED = "moved", "moved to another version"
        TASK = "task", "task"
        OWNER = "owner", "owner"
        SERVICE = "service", "service"
        HANDED = "handed", "handed over"
        WRITE_OFF = "writeoff", "write-off"
        FALLBACK = "fallback", "another way"
        REQUEST = "request", "customer's request"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    happened_at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.CharField(max_length=500)
    because = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="Of a further try of a stored card: the rules and facts behind it.",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [BrinIndex(fields=["happened_at"], name="case_event_happened", autosummarize=True)]

    def __str__(self) -> str:
        return self.text
