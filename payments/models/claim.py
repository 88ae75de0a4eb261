"""What we claim for late payment beside an invoice, never in its balance; and the money put on it.

Once per invoice, kind and reminder, ever: a trigger refuses deletion, so that what was waived does not come back.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models import Invoice
from payments.models.claim_rule import KINDS, ClaimRule
from payments.models.payment import Payment
from payments.models.refund import Refund


class Claim(models.Model):
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=8, choices=KINDS)
    step = models.PositiveSmallIntegerField(default=0, help_text="Which reminder it is for; 0: the delay itself.")
    amount = models.DecimalField(
        max_digits=18, decimal_places=4, default=0, help_text="Of interest that still runs: not known yet."
    )
    currency = models.CharField(max_length=3)
    arose_on = models.DateField(help_text="For interest: its first day.")
    until_on = models.DateField(null=True, blank=True, help_text="Last day of interest; empty while it runs.")
    rule = models.ForeignKey(ClaimRule, on_delete=models.PROTECT, related_name="+")
    law = models.CharField(max_length=300, help_text="As the rule said when it was raised.")
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Empty: by itself.",
    )  # fmt: skip
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    waive_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                name="interest_running", fields=["invoice"],
                condition=Q(kind="interest", until_on__isnull=True, waived_at__isnull=True),
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(name="one_claim_per_invoice_kind_and_step", fields=["invoice", "kind", "step"]),
            models.CheckConstraint(
                name="claim_amount_positive", condition=Q(amount__gt=0) | Q(amount=0, kind="interest")
            ),
            models.CheckConstraint(
                name="claim_waived_with_a_reason",
                condition=Q(waived_at__isnull=True, waive_reason="")
                | (Q(waived_at__isnull=False) & ~Q(waive_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.invoice}"

    @property
    def is_running(self) -> bool:
        """Interest whose amount is not settled yet."""
        return self.kind == "interest" and self.until_on is None and self.waived_at is None


class ClaimAllocation(models.Model):
    """Money of a payment put on a claim; negative: taken off it again, because the money went back."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="claim_allocations")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="allocations")
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="claim_parts")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="claim_allocation_sign",
                condition=Q(amount__gt=0, refund__isnull=True) | Q(amount__lt=0, refund__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} to claim {self.claim_id}"
