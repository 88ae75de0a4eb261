"""What a message, a call or a card try costs us, per currency and from which day on. Without a row: not counted."""

from django.db import models

from customers.rules.contact import CHANNELS

KINDS = [*(pair for pair in CHANNELS if pair[0] and pair[0] != "call"), ("call", "a call"), ("charge", "a card try")]


class CostRate(models.Model):
    kind = models.CharField("for", max_length=16, choices=KINDS)
    currency = models.CharField(max_length=3, help_text="ISO 4217 code: counts for debts in this currency.")
    amount = models.DecimalField(
        max_digits=10, decimal_places=4, help_text="For each message or try; for a call, of somebody's time."
    )
    source = models.CharField("decided by", max_length=200, help_text="The price list, or who decided it.")
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_cost_rate_per_day", fields=["kind", "currency", "valid_from"]),
            models.CheckConstraint(name="cost_rate_has_a_source", condition=~models.Q(source="")),
            models.CheckConstraint(name="cost_rate_is_no_income", condition=models.Q(amount__gte=0)),
            models.CheckConstraint(
                name="cost_rate_currency_is_a_code", condition=models.Q(currency__regex=r"^[A-Z]{3}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.amount.normalize():f} {self.currency} from {self.valid_from}"
