"""Who a gateway's customer is here. A customer may stand several times in a gateway's books."""

from django.db import models

from customers.models import Customer


class GatewayCustomer(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="gateway_customers")
    gateway = models.CharField(max_length=32)
    external_id = models.CharField(max_length=128, help_text="The gateway's own id.")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_customer_per_gateway_id", fields=["gateway", "external_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} ({self.gateway})"
