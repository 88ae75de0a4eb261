"""When a refused payment is tried again, by cause, from which day on."""

from django.db import models

from payments.models.decline_rule import CAUSES


class RetrySchedule(models.Model):
    cause = models.CharField(max_length=16, choices=CAUSES)
    pauses = models.CharField(
        max_length=100,
        help_text="One pause for each try, from the last refusal on: 10min, 6h, 3d, payday, month_start.",
    )
    within_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="No try later than so many days after the first."
    )
    notice_days = models.PositiveSmallIntegerField(
        default=0, help_text="So many days before each try the payer is told of it."
    )
    source = models.CharField(max_length=200, help_text="The public document that says so, or who decided it.")
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_retry_schedule_per_cause_and_day", fields=["cause", "valid_from"]),
            models.CheckConstraint(name="retry_schedule_has_a_source", condition=~models.Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()}: {self.pauses}"
