"""An order to move the running cases of a campaign to one of its versions, and how far it has come."""

from django.conf import settings
from django.db import models

from dunning.models.campaign import CampaignVersion


class CaseMove(models.Model):
    version = models.ForeignKey(CampaignVersion, on_delete=models.PROTECT, related_name="moves")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    total = models.PositiveIntegerField(help_text="Cases that followed other versions when it was asked for.")
    moved = models.PositiveIntegerField(default=0)
    last_case = models.BigIntegerField(default=0, help_text="Cases up to this number are behind.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_move_under_way_per_version", fields=["version"], condition=models.Q(finished_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"Move to {self.version}: {self.moved:,} of {self.total:,} cases"
