"""One visit to a gateway's own page for entering a card: whose it is, and what they mean to pay with the card."""

from django.db import models

from customers.models import Customer


class CardPage(models.Model):
    """`key` is the once-only key of the page it began on. Without an amount the card is only to be kept."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="card_pages")
    gateway = models.CharField(max_length=32, help_text="Gateway alias.")
    reference = models.CharField(max_length=255, blank=True, help_text="The gateway's name for the page.")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    invoice_ids = models.JSONField(
        default=list, blank=True, db_default=models.Value([], models.JSONField()), help_text="Empty: all that is open."
    )
    key = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField()
    put_off_until = models.DateTimeField(
        null=True, blank=True, help_text="When its gateway is asked again to forget the card."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="card_page_amount_positive", condition=models.Q(amount=None) | models.Q(amount__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"Card page of {self.customer}, {self.opened_at:%Y-%m-%d %H:%M}"
