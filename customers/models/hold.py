"""A reason to leave a customer, or one invoice, alone for a while."""

from django.conf import settings
from django.db import models

from customers.models.customer import Customer
from customers.models.invoice import Invoice


class Hold(models.Model):
    class Kind(models.TextChoices):
        PAUSE = "pause", "paused by the desk"
        DISPUTE = "dispute", "disputed"
        PROMISE = "promise", "promised to pay"
        HARDSHIP = "hardship", "in hardship"
        OTHER = "other", "other"

    # While one of these is in force no fee is raised and no interest runs.
    FREEZE_CLAIMS = (Kind.DISPUTE, Kind.HARDSHIP)

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="holds")
    invoice = models.ForeignKey(
        Invoice, on_delete=models.CASCADE, null=True, blank=True, related_name="holds", help_text="Empty: all invoices."
    )
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.PAUSE)
    reason = models.CharField(max_length=300)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    until_on = models.DateField(
        null=True, blank=True, help_text="Last day of the hold, in the customer's zone. Empty: until released."
    )
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(name="hold_in_force", fields=["customer"], condition=models.Q(released_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"
