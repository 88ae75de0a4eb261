"""How a gateway is doing, shared by all workers: whether it is left alone, and how far its events are known."""

from django.db import models


class GatewayHealth(models.Model):
    gateway = models.CharField(max_length=32, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Calls in a row that had no answer.")
    closed_until = models.DateTimeField(null=True, blank=True, help_text="It is left alone until then.")
    listed_until = models.DateTimeField(null=True, blank=True, help_text="Its list of events is known up to then.")

    class Meta:
        verbose_name_plural = "gateway health"

    def __str__(self) -> str:
        return self.gateway
