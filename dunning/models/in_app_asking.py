"""How often a customer's app has asked for notices in the current minute, counted for all processes together."""

from django.db import models


class InAppAsking(models.Model):
    customer_number = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField(help_text="When the minute began that is counted.")
    times = models.PositiveIntegerField()

    class Meta:
        verbose_name = "asking for notices in the app"
        verbose_name_plural = "askings for notices in the app"

    def __str__(self) -> str:
        return f"{self.customer_number}: {self.times}"
