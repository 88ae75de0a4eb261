"""An invoice that stands in a gateway's books too: how it stands there, and whether the gateway is to be told of ours.

`look_at` is the clock of that: set when money came here, or when the gateway was asked to leave the invoice to us.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from customers.models import Invoice


class GatewayInvoice(models.Model):
    class State(models.TextChoices):
        OPEN = "open", "open"
        PAID = "paid", "paid"
        VOID = "void", "void"
        UNCOLLECTIBLE = "uncollectible", "uncollectible"

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="at_gateway")
    gateway = models.CharField(max_length=32)
    external_id = models.CharField(max_length=128, help_text="The gateway's own id.")
    state = models.CharField(max_length=16, choices=State.choices)
    collects = models.BooleanField(default=False, help_text="The gateway moves it on and charges it by itself.")
    retries_at = models.DateTimeField(null=True, blank=True, help_text="When the gateway would try again by itself.")
    references = ArrayField(
        models.CharField(max_length=128), default=list, help_text="The gateway's payments begun for it."
    )
    outside = models.DecimalField(
        max_digits=18, decimal_places=4, default=0, help_text="What the gateway counts as paid past it."
    )
    is_held = models.BooleanField(default=False, help_text="We asked the gateway not to collect it meanwhile.")
    look_at = models.DateTimeField(null=True, blank=True, help_text="When the gateway is told what was paid here.")
    looks = models.PositiveSmallIntegerField(default=0)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(name="gateway_invoice_to_tell", fields=["look_at"], condition=~models.Q(look_at=None)),
            GinIndex(name="gateway_invoice_references", fields=["references"]),
        ]
        constraints = [
            models.UniqueConstraint(name="one_invoice_per_gateway_id", fields=["gateway", "external_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} ({self.gateway})"
