"""A card that was refused on the customer's page: by which link and from where, so that trying out many is noticed."""

from django.db import models

from dunning.models.portal_link import PortalLink
from payments.models import ChargeAttempt


class RefusedCard(models.Model):
    attempt = models.OneToOneField(ChargeAttempt, on_delete=models.CASCADE, related_name="refused_card")
    link = models.ForeignKey(PortalLink, on_delete=models.CASCADE, related_name="refused_cards")
    visitor = models.BinaryField(
        max_length=32, null=True, help_text="A keyed hash of the address; empty: nobody knows it."
    )
    card = models.CharField(max_length=64, help_text="The same for every try with one card.")
    refused_at = models.DateTimeField()
    closed_until = models.DateTimeField(
        null=True, blank=True, help_text="This card closed the form for cards, until then."
    )

    class Meta:
        indexes = [
            models.Index(name="refused_cards_by_link", fields=["link", "refused_at"]),
            models.Index(name="refused_cards_by_visitor", fields=["visitor", "refused_at"]),
        ]

    def __str__(self) -> str:
        return f"refused {self.refused_at:%Y-%m-%d %H:%M}"
