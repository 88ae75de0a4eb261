"""One part of an instalment plan. A trigger keeps it as it was agreed."""

from django.db import models

from payments.models.instalment_plan import InstalmentPlan


class Instalment(models.Model):
    plan = models.ForeignKey(InstalmentPlan, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField(help_text="From 1.")
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_instalment_per_number", fields=["plan", "number"]),
            models.UniqueConstraint(name="one_instalment_per_day", fields=["plan", "due_on"]),
            models.CheckConstraint(name="instalment_amount_positive", condition=models.Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"instalment {self.number}"
