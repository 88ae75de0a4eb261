"""How often something was done at a public door in one window of time; shared by all processes, swept after a day."""

from django.db import models

from dunning.rules.doors import Deed


class DoorCount(models.Model):
    deed = models.CharField(max_length=12, choices=[(deed.value, deed.value) for deed in Deed])
    who = models.BinaryField(max_length=32, help_text="A keyed hash: it leads back to no address.")
    window_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_count_per_deed_visitor_and_window", fields=["deed", "who", "window_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.deed}: {self.count}"
