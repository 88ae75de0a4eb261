"""Money of a refund that came back to us: a dispute that was won, a refund that failed. The refund stays as it was."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from payments.models.refund import Refund


class RefundReversal(models.Model):
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, related_name="reversal")
    happened_on = models.DateField(help_text="Value date.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [BrinIndex(fields=["recorded_at"], name="reversal_recorded", autosummarize=True)]

    def __str__(self) -> str:
        return f"came back on {self.happened_on:%-d %B %Y}"
