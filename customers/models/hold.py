"""A reason to leave a customer, or one invoice, alone for a while, and what rests meanwhile."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models

from customers.models.customer import Customer
from customers.models.invoice import Invoice
from customers.rules.holds import HOLD_KINDS, Blocks, HoldKind


class Hold(models.Model):
    Kind = HoldKind

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="holds")
    invoice = models.ForeignKey(
        Invoice, on_delete=models.CASCADE, null=True, blank=True, related_name="holds", help_text="Empty: all invoices."
    )
    kind = models.CharField(max_length=16, choices=HOLD_KINDS, default=HoldKind.PAUSE.value)
    reason = models.CharField(max_length=300)
    disputed_amount = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="Only so much of it rests. Empty: all.",
    )
    blocks_contact = models.BooleanField(default=True, db_default=True, help_text="No letter, no call.")
    blocks_charges = models.BooleanField(default=True, db_default=True, help_text="No charge without the customer.")
    blocks_claims = models.BooleanField(default=False, db_default=False, help_text="No fee, and no interest runs.")
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
        constraints = [
            models.CheckConstraint(
                name="hold_disputes_an_amount_of_one_invoice",
                condition=models.Q(disputed_amount=None)
                | models.Q(kind="dispute", invoice__isnull=False, disputed_amount__gt=0),
            ),
            models.CheckConstraint(
                name="hold_blocks_something",
                condition=models.Q(blocks_contact=True) | models.Q(blocks_charges=True) | models.Q(blocks_claims=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"

    @property
    def blocks(self) -> Blocks:
        return Blocks(self.blocks_contact, self.blocks_charges, self.blocks_claims)

    @property
    def resumes_on(self) -> date | None:
        """The day on which everything goes on by itself; None: once it is released."""
        return self.until_on + timedelta(days=1) if self.until_on else None
