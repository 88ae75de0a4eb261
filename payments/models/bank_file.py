"""A bank's file that was taken in: who brought it, and what of it was new."""

from django.conf import settings
from django.db import models


class BankFile(models.Model):
    class Format(models.TextChoices):
        CAMT053 = "camt053", "CAMT.053"
        MT940 = "mt940", "MT940"
        CSV = "csv", "CSV"

    name = models.CharField(max_length=255)
    format = models.CharField(max_length=8, choices=Format.choices)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entries = models.PositiveIntegerField(help_text="Entries in the file.")
    new = models.PositiveIntegerField(default=0, help_text="Of them, those not seen before.")

    def __str__(self) -> str:
        return self.name
