"""A gateway's credit note that took an invoice back by what a refund gave back: nobody owes that again.

Kept by the gateway's ids, because the note may be told of before its refund.
"""

from django.db import models


class RefundCredit(models.Model):
    gateway = models.CharField(max_length=32)
    refund_reference = models.CharField(max_length=128, help_text="The gateway's own id of the refund.")
    credit_note = models.CharField(max_length=128, help_text="The gateway's own id.")
    amount = models.DecimalField(max_digits=18, decimal_places=4, help_text="What of the refund the note is for.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_credit_per_refund_and_note", fields=["gateway", "refund_reference", "credit_note"]
            ),
            models.CheckConstraint(name="refund_credit_amount_positive", condition=models.Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.credit_note} for {self.refund_reference}"
