"""A stored card: only what a gateway gives back. A card number never comes near this table."""

from django.db import models

from customers.models import Customer
from payments.rules.methods import MethodKind, method_name


class PaymentMethod(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="payment_methods")
    gateway = models.CharField(max_length=32, help_text="Gateway alias.")
    token = models.CharField(max_length=128, help_text="The gateway's name for the card.")
    brand = models.CharField(max_length=32, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    kind = models.CharField(
        max_length=12,
        choices=[(kind.value, kind.value.replace("_", " ")) for kind in MethodKind],
        default=MethodKind.CARD.value,
    )
    fingerprint = models.CharField(max_length=64, blank=True, help_text="The same for every token of one card.")
    country = models.CharField(max_length=2, blank=True, help_text="Where it was issued.")
    expires_on = models.DateField(null=True, blank=True, help_text="Last day of the month printed on the card.")
    is_default = models.BooleanField(default=True, help_text="Offered and charged before the others.")
    charge_agreed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the customer allowed charging what falls due; empty: they did not."
    )
    stored_at = models.DateTimeField()
    is_from_gateway = models.BooleanField(default=False, help_text="Taken over from the gateway, not chosen here.")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "stored card"
        constraints = [
            models.UniqueConstraint(
                name="one_default_method_per_customer",
                fields=["customer"],
                condition=models.Q(is_default=True, removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return method_name(MethodKind(self.kind), self.brand, self.last4)
