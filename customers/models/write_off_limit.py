"""How much one pair of eyes may give up at a time, per currency and from which day on. Without a row: nothing."""

from django.db import models


class WriteOffLimit(models.Model):
    currency = models.CharField(max_length=3, help_text="ISO 4217 code, for example EUR.")
    at_most = models.DecimalField(
        max_digits=18, decimal_places=4, help_text="Up to this one manager approves a write-off; above it, two do."
    )
    source = models.CharField("decided by", max_length=200, help_text="Who decided it, and why.")
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_write_off_limit_per_day", fields=["currency", "valid_from"]),
            models.CheckConstraint(name="write_off_limit_has_a_source", condition=~models.Q(source="")),
            models.CheckConstraint(name="write_off_limit_is_no_debt", condition=models.Q(at_most__gte=0)),
            models.CheckConstraint(
                name="write_off_limit_currency_is_a_code", condition=models.Q(currency__regex=r"^[A-Z]{3}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at_most:f} {self.currency} from {self.valid_from}"
