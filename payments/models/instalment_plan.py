"""An agreement to pay open invoices in instalments, and the invoices it is about.

What is paid of it is never stored: it follows from what its invoices settled since it began.
"""

from django.conf import settings
from django.db import models

from customers.models import Customer, Invoice
from payments.rules.instalments import Interval


class InstalmentPlan(models.Model):
    class State(models.TextChoices):
        ACTIVE = "active", "active"
        KEPT = "kept", "kept"
        BROKEN = "broken", "broken"
        ENDED = "ended", "ended"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="instalment_plans")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=18, decimal_places=4, help_text="What was open when the plan was made.")
    interval = models.CharField(max_length=9, choices=[(i.value, i.value) for i in Interval])
    patience_days = models.PositiveSmallIntegerField(
        default=7, help_text="Broken when an instalment is not wholly paid so many days after its day."
    )
    began_on = models.DateField(help_text="The customer's day.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=6, choices=State.choices, default=State.ACTIVE)
    ended_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Empty: by itself.",
    )  # fmt: skip
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(name="plan_active", fields=["customer"], condition=models.Q(state="active")),
        ]
        constraints = [
            models.CheckConstraint(name="plan_amount_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="plan_runs_exactly_while_active",
                condition=models.Q(state="active", ended_at__isnull=True, ended_on__isnull=True)
                | (~models.Q(state="active") & models.Q(ended_at__isnull=False, ended_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="plan_ended_by_a_person_has_a_reason", condition=~models.Q(state="ended", end_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"Plan {self.pk} of {self.began_on}"


class PlanInvoice(models.Model):
    """An invoice that a plan covers; while `released_at` is empty no other plan may."""

    plan = models.ForeignKey(InstalmentPlan, on_delete=models.PROTECT, related_name="covered")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="plans")
    amount = models.DecimalField(max_digits=18, decimal_places=4, help_text="Open when the plan was made.")
    settled_before = models.DecimalField(
        max_digits=18, decimal_places=4, help_text="Settled of it before the plan: billed less open."
    )
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_row_per_plan_and_invoice", fields=["plan", "invoice"]),
            models.UniqueConstraint(
                name="one_active_plan_per_invoice", fields=["invoice"], condition=models.Q(released_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} in plan {self.plan_id}"
