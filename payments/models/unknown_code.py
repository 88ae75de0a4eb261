"""Codes of refusals that no rule knows yet. They count as generic declines until a manager adds a rule."""

from django.db import models

from payments.models.decline_rule import LAYERS


class UnknownCode(models.Model):
    layer = models.CharField(max_length=16, choices=LAYERS)
    code = models.CharField(max_length=64)
    gateway = models.CharField(max_length=32, help_text="Gateway alias.")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    count = models.PositiveIntegerField("times seen", default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_unknown_code_per_gateway", fields=["layer", "code", "gateway"])
        ]

    def __str__(self) -> str:
        return f"{self.get_layer_display()} {self.code}"
