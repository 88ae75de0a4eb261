"""A central bank's rate from a day on: interest for late payment is some points above it."""

from django.db import models

BASE_RATES = [
    ("ecb", "European Central Bank, main refinancing"),
    ("bundesbank", "Bundesbank, base rate (Basiszinssatz)"),
    ("boe", "Bank of England, reference rate"),
]


class BaseRate(models.Model):
    name = models.CharField(max_length=16, choices=BASE_RATES)
    percent = models.DecimalField(max_digits=6, decimal_places=3, help_text="A year.")
    source = models.CharField(max_length=300, help_text="Where the bank published it.")
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_base_rate_per_name_and_day", fields=["name", "valid_from"]),
            models.CheckConstraint(name="base_rate_has_a_source", condition=~models.Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()}: {self.percent} % from {self.valid_from}"
