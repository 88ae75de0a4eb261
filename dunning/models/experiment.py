"""An experiment compares versions of one campaign on customers whom chance assigns, by intention to treat.

planned → running → finished, or stopped. Nothing follows by itself: a manager adopts the winner or keeps what is.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dunning.models.campaign import Campaign, CampaignVersion


class Experiment(models.Model):
    class State(models.TextChoices):
        PLANNED = "planned", "planned"
        RUNNING = "running", "running"
        FINISHED = "finished", "finished"
        STOPPED = "stopped", "stopped"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="experiments")
    name = models.CharField(max_length=100, unique=True)
    window_days = models.PositiveSmallIntegerField(
        default=30, help_text="Days within which a customer must have paid to count as recovered."
    )
    smallest_effect = models.PositiveSmallIntegerField(
        default=5, help_text="Percentage points: a smaller difference is not worth seeing. Small ones take long."
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    base_rate = models.FloatField(null=True, blank=True, help_text="Share recovered so far, as planned with.")
    planned = models.PositiveIntegerField(null=True, blank=True, help_text="Customers needed in all arms together.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the engine last looked at its guardrails."
    )
    full_at = models.DateTimeField(null=True, blank=True, help_text="Since then it takes nobody new.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=500, blank=True)
    winner = models.ForeignKey(
        "dunning.Arm",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Shown to be better.",
    )
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When a manager drew the consequence.")
    adopted = models.ForeignKey(CampaignVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_running_experiment_per_campaign", fields=["campaign"], condition=Q(state="running")
            ),
            models.CheckConstraint(name="experiment_window", condition=Q(window_days__range=(1, 180))),
            models.CheckConstraint(name="experiment_effect", condition=Q(smallest_effect__range=(1, 50))),
            models.CheckConstraint(
                name="experiment_runs_as_planned",
                condition=Q(state="planned", started_at__isnull=True)
                | ~Q(state="planned") & Q(started_at__isnull=False, planned__isnull=False, base_rate__isnull=False),
            ),
            models.CheckConstraint(
                name="experiment_ends_with_a_reason",
                condition=Q(state__in=["planned", "running"], ended_at__isnull=True, settled_at__isnull=True)
                | Q(state__in=["finished", "stopped"], ended_at__isnull=False) & ~Q(ended_because=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Arm(models.Model):
    """One of the versions that are compared, and its share of the customers in percent."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="arms")
    name = models.CharField(max_length=60)
    version = models.ForeignKey(CampaignVersion, on_delete=models.PROTECT, related_name="arms")
    share = models.PositiveSmallIntegerField(default=50, help_text="Percent of the customers; together 100.")
    is_control = models.BooleanField("control", default=False, help_text="What the others are compared with.")
    is_hold_out = models.BooleanField(
        "hold-out", default=False, help_text="Gets nothing but what law asks for: shows what letters are worth."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_arm_per_version", fields=["experiment", "version"]),
            models.UniqueConstraint(name="one_arm_per_name", fields=["experiment", "name"]),
            models.UniqueConstraint(
                name="one_control_per_experiment", fields=["experiment"], condition=Q(is_control=True)
            ),
            models.CheckConstraint(name="arm_has_a_share", condition=Q(share__range=(1, 99))),
            models.CheckConstraint(name="control_holds_nothing_out", condition=~Q(is_control=True, is_hold_out=True)),
        ]

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    """A customer's place in an experiment: given with the case that opened first, and never changed."""

    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="enrolments", db_index=False)
    arm = models.ForeignKey(Arm, on_delete=models.PROTECT, related_name="enrolments")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="enrolments")
    case = models.OneToOneField("dunning.Case", on_delete=models.PROTECT, related_name="enrolment")
    enrolled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_arm_per_customer", fields=["experiment", "customer"]),
        ]

    def __str__(self) -> str:
        return f"{self.customer} in {self.arm}"


class Look(models.Model):
    """One planned look at a running experiment: what was counted, and whether a boundary was crossed."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="looks", db_index=False)
    number = models.PositiveSmallIntegerField()
    looked_at = models.DateTimeField()
    fraction = models.FloatField(help_text="Of the planned customers, those whose window has passed.")
    counted = models.JSONField(help_text="Of each arm: whose window has passed, and how many of these recovered.")
    distances = models.JSONField(
        default=dict,
        help_text="Of each arm beside the control, in standard deviations: how far apart they were, and had to be "
        "(empty: nothing could be decided yet).",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_row_per_look", fields=["experiment", "number"]),
            models.CheckConstraint(name="look_at_a_part_or_all", condition=Q(fraction__gt=0, fraction__lte=1)),
        ]

    def __str__(self) -> str:
        return f"Look {self.number} at {self.experiment}"
