"""Erasing a customer's data, as they asked: told first, while there is still an address, then erased in one go.

telling → erased | stopped. What was erased and what was kept stands here in words that name nobody.
"""

from django.conf import settings
from django.db import models

from customers.models import Customer
from dunning.models.customer_request import CustomerRequest


class Erasure(models.Model):
    class State(models.TextChoices):
        TELLING = "telling", "the customer is told first"
        ERASED = "erased", "erased"
        STOPPED = "stopped", "stopped: something came in between"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="erasures", db_index=False)
    request = models.OneToOneField(CustomerRequest, on_delete=models.PROTECT, related_name="erasure")
    state = models.CharField(max_length=7, choices=State.choices, default=State.TELLING)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    told = models.CharField(max_length=200, blank=True, help_text="How the customer was told.")
    erased = models.JSONField(default=list, blank=True, help_text="What was erased, in words.")
    kept = models.JSONField(default=list, blank=True, help_text="What was kept and why, in words.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was stopped, or is not done yet.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_erasure_under_way_per_customer", fields=["customer"], condition=models.Q(state="telling")
            ),
            models.CheckConstraint(
                name="erasure_ends_with_a_time",
                condition=models.Q(state="telling", ended_at=None)
                | ~models.Q(state="telling") & models.Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Erasure {self.pk}"
