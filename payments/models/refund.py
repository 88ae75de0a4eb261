"""Money that went back: given back by us, charged back by a card's holder, or a debit that was returned."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from customers.models import Invoice
from payments.models.payment import Payment


class Refund(models.Model):
    class Kind(models.TextChoices):
        REFUND = "refund", "refunded"
        CHARGEBACK = "chargeback", "charged back"
        RETURNED = "returned", "debit returned"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = models.DecimalField(max_digits=18, decimal_places=4, help_text="In the payment's currency.")
    happened_on = models.DateField(help_text="Value date.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=128, blank=True, help_text="The gateway's or our own key: once each.")

    class Meta:
        indexes = [BrinIndex(fields=["recorded_at"], name="refund_recorded", autosummarize=True)]
        constraints = [
            models.CheckConstraint(name="refund_amount_positive", condition=models.Q(amount__gt=0)),
            models.UniqueConstraint(
                name="refund_seen_once", fields=["payment", "reference"], condition=~models.Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.happened_on:%-d %B %Y}"


class RefundPart(models.Model):
    """What of a refund came from an invoice that the payment had settled. A ledger entry stands behind each."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="refund_parts")
    amount = models.DecimalField(max_digits=18, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_part_per_refund_and_invoice", fields=["refund", "invoice"]),
            models.CheckConstraint(name="refund_part_positive", condition=models.Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} from {self.invoice_id}"
