"""Money that came in. What of it settles which invoice is said by its allocations."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from customers.models import Customer
from customers.rules.money import in_words


class Payment(models.Model):
    class Source(models.TextChoices):
        GATEWAY = "gateway", "gateway"
        DESK = "desk", "recorded by the desk"
        BANK = "bank", "bank statement"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    unapplied = models.DecimalField(
        max_digits=18, decimal_places=4, help_text="What of it settles nothing and was not given back: credit."
    )
    received_on = models.DateField(help_text="Value date.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source = models.CharField(max_length=8, choices=Source.choices)
    provider = models.CharField(max_length=64, blank=True, help_text="Gateway alias, or our account at the bank.")
    reference = models.CharField(max_length=128, blank=True, help_text="The gateway's or bank's own id.")

    class Meta:
        indexes = [
            BrinIndex(fields=["recorded_at"], name="payment_recorded", autosummarize=True),
            models.Index(
                name="payment_with_credit",
                fields=["customer"],
                include=["currency", "unapplied"],
                condition=models.Q(unapplied__gt=0),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="payment_unapplied_is_a_part_of_it",
                condition=models.Q(unapplied__gte=0, unapplied__lte=models.F("amount")),
            ),
            models.CheckConstraint(name="payment_amount_positive", condition=models.Q(amount__gt=0)),
            models.UniqueConstraint(
                name="payment_seen_once", fields=["provider", "reference"], condition=~models.Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return f"{in_words(self.amount, self.currency)} on {self.received_on:%-d %B %Y}"
