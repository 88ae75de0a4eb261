"""Whether anything is claimed besides invoices, from a day on. Without a row nothing is."""

from django.db import models


class ClaimPolicy(models.Model):
    is_on = models.BooleanField(
        "late-payment claims",
        choices=[(False, "off"), (True, "by law")],
        help_text="By law: lump sums and interest are raised where a law allows it. Off: nothing is, no interest runs.",
    )
    source = models.CharField("decided by", max_length=300, help_text="Who decided it, and why.")
    valid_from = models.DateField()

    class Meta:
        verbose_name_plural = "claim policy"
        constraints = [
            models.UniqueConstraint(name="one_claim_policy_per_day", fields=["valid_from"]),
            models.CheckConstraint(name="claim_policy_has_a_source", condition=~models.Q(source="")),
        ]

    def __str__(self) -> str:
        return f"claims {self.get_is_on_display()} from {self.valid_from}"
