"""The ways by which a step goes on when its first one does not reach the customer, in order, each with its own text."""

from django.db import models

from dunning.models.campaign import Step
from dunning.models.template import Template


class Fallback(models.Model):
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="fallbacks")
    place = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=16)
    template = models.ForeignKey(
        Template, on_delete=models.PROTECT, related_name="fallbacks", help_text="What is sent."
    )

    class Meta:
        ordering = ["step", "place"]
        constraints = [
            models.UniqueConstraint(name="fallback_place", fields=["step", "place"]),
            models.UniqueConstraint(name="fallback_by_each_channel_once", fields=["step", "channel"]),
        ]

    def __str__(self) -> str:
        return f"{self.step}, then by {self.channel}"
