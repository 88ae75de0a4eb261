"""The campaign a person chose for a customer, or for the case that one invoice begins, whatever conditions say."""

from django.conf import settings
from django.db import models

from customers.models import Customer, Invoice
from dunning.models.campaign import Campaign


class CampaignChoice(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="campaign_choices")
    invoice = models.ForeignKey(
        Invoice,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="campaign_choices",
        help_text="Empty: the customer.",
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="choices",
        help_text="Empty: no reminders by any campaign.",
    )
    reason = models.CharField(max_length=300)
    chosen_at = models.DateTimeField()
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Empty: in force.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_choice_in_force",
                fields=["customer", "invoice"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return str(self.campaign) if self.campaign else "no reminders"
