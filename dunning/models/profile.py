"""How a customer behaves, recounted by night from facts: the numbers behind the sentence on their page.

A marked (stale) profile is recounted at the next turn. Nothing here is ever typed in, except whether it is used.
"""

from django.db import models

from customers.models import Customer
from dunning.models.campaign import Step
from dunning.rules.history import PaysHow


class Profile(models.Model):
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    computed_at = models.DateTimeField(null=True, blank=True)
    is_stale = models.BooleanField(default=True, db_default=True, help_text="Facts changed; it is recounted soon.")
    is_used = models.BooleanField(default=True, db_default=True, help_text="Off: letters leave as the campaign has it.")
    pays = models.CharField(
        max_length=16,
        choices=[(how.value, how.value.replace("_", " ")) for how in PaysHow],
        default=PaysHow.NEW.value,
        db_default=PaysHow.NEW.value,
    )
    usual_days_late = models.IntegerField(null=True, blank=True, help_text="Of the settled invoice in the middle.")
    settled = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Settled invoices looked at.")
    late = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Of these, paid late.")
    weekday = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Monday is 1; empty: not clear.")
    weekday_times = models.PositiveSmallIntegerField(default=0, db_default=0)
    weekday_of = models.PositiveSmallIntegerField(default=0, db_default=0)
    hour = models.PositiveSmallIntegerField(null=True, blank=True, help_text="On their clock; empty: not clear.")
    hour_times = models.PositiveSmallIntegerField(default=0, db_default=0)
    hour_of = models.PositiveSmallIntegerField(default=0, db_default=0)
    read_hour = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="At which they read letters, on their clock; empty: not clear."
    )
    read_times = models.PositiveSmallIntegerField(default=0, db_default=0)
    read_of = models.PositiveSmallIntegerField(default=0, db_default=0)
    channel = models.CharField(max_length=16, blank=True, default="", db_default="", help_text="Its alias.")
    channel_times = models.PositiveSmallIntegerField(default=0, db_default=0)
    channel_of = models.PositiveSmallIntegerField(default=0, db_default=0)
    promises_made = models.PositiveSmallIntegerField(default=0, db_default=0)
    promises_kept = models.PositiveSmallIntegerField(default=0, db_default=0)
    worked_step = models.ForeignKey(
        Step, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        help_text="After which the money came, the last time.",
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(name="profile_to_recount", fields=["customer"], condition=models.Q(is_stale=True))]
        constraints = [
            models.CheckConstraint(
                name="profile_weekday_and_hour_exist",
                condition=(models.Q(weekday__isnull=True) | models.Q(weekday__range=(1, 7)))
                & (models.Q(hour__isnull=True) | models.Q(hour__range=(0, 23)))
                & (models.Q(read_hour__isnull=True) | models.Q(read_hour__range=(0, 23))),
            ),
            models.CheckConstraint(
                name="profile_counts_parts_of_wholes",
                condition=models.Q(
                    late__lte=models.F("settled"),
                    weekday_times__lte=models.F("weekday_of"),
                    hour_times__lte=models.F("hour_of"),
                    read_times__lte=models.F("read_of"),
                    channel_times__lte=models.F("channel_of"),
                    promises_kept__lte=models.F("promises_made"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"profile of customer {self.customer_id}"
