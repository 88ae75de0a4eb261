"""Which part of a payment settles which invoice. One ledger entry stands behind each allocation.

A payment may settle an invoice twice: with what came, and later from credit or with money that came back.
"""

from django.db import models

from customers.models import Invoice
from payments.models.payment import Payment


class Allocation(models.Model):
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="allocation_amount_positive", condition=models.Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} to {self.invoice_id}"
