"""A rehearsal somebody asked for: how far it has come and what it adds up to; and one row per customer it concerns.

What stands here is a picture of a moment and nothing rests on it: only the newest are kept.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models

from customers.models import Customer
from customers.rules.choices import choices
from dunning.models.campaign import CampaignVersion
from dunning.rules.consequences import Charges
from dunning.rules.rehearsal_totals import Totals

CHARGES = {
    Charges.FAIL: "are refused for lack of money",
    Charges.SUCCEED: "bring the money at once",
}


class Rehearsal(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "waiting to begin"
        RUNNING = "running", "under way"
        DONE = "done", "done"
        STOPPED = "stopped", "stopped"

    first_on = models.DateField()
    last_on = models.DateField()
    version = models.ForeignKey(
        CampaignVersion,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="As if this version were in force; empty: today's strategy.",
    )
    moves_cases = models.BooleanField(default=False, help_text="As if running cases followed it too.")
    charges = models.CharField(max_length=8, choices=choices(CHARGES))
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seen_at = models.DateTimeField(help_text="When it last made progress.")
    finished_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.IntegerField(default=0, help_text="Customers looked at.")
    to_look_at = models.IntegerField(default=0, help_text="Customers to look at.")
    totals = models.JSONField(default=dict, help_text="Per day.")
    totals_today = models.JSONField(default=dict, help_text="The same days by today's strategy, to compare.")
    changed = models.IntegerField(default=0, help_text="Customers for whom the two differ.")
    trouble = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rehearsal_ends_after_it_begins", condition=models.Q(last_on__gte=models.F("first_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"Rehearsal of {self.strategy}, {self.first_on:%-d %B} to {self.last_on:%-d %B %Y}"

    @property
    def strategy(self) -> str:
        return str(self.version) if self.version else "today's strategy"

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1

    @property
    def percent(self) -> int:
        """How many of the customers have been looked at."""
        return 100 * self.looked_at // self.to_look_at if self.to_look_at else 0

    @property
    def took(self) -> timedelta | None:
        return self.finished_at - self.asked_at if self.finished_at else None

    @property
    def sum(self) -> Totals:
        return Totals.from_json(self.totals)

    @property
    def sum_today(self) -> Totals | None:
        told: dict[str, Any] = self.totals_today
        return Totals.from_json(told) if told else None


class RehearsedCustomer(models.Model):
    """What would happen to one customer: lines of day, kind, step, channel, amounts and reason."""

    rehearsal = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="rehearsed", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    events = models.JSONField()
    events_today = models.JSONField(null=True, blank=True, help_text="By today's strategy, where it differs.")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="once_per_rehearsal", fields=["rehearsal", "customer"]),
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {len(self.events)} events"
