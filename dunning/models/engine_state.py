"""What the engine remembers between ticks: one row."""

from django.db import models


class EngineState(models.Model):
    ticked_at = models.DateTimeField(null=True, blank=True, help_text="Heartbeat: when the last tick ended.")
    scanned_at = models.DateTimeField(null=True, blank=True, help_text="Last full look for overdue customers.")

    profiled_at = models.DateTimeField(
        null=True, blank=True, help_text="When customers with new facts were last marked for a new profile."
    )

    predicting_at = models.DateTimeField(null=True, blank=True, help_text="Since when a worker makes a prediction.")
    reporting_at = models.DateTimeField(null=True, blank=True, help_text="Since when a worker works out reports.")
    forgotten_at = models.DateTimeField(
        null=True, blank=True, help_text="When raw events that are old enough were last emptied."
    )
    suggesting_at = models.DateTimeField(null=True, blank=True, help_text="Since when a worker makes suggestions.")
    suggested_on = models.DateField(null=True, blank=True, help_text="The month whose suggestions are made.")

    class Meta:
        constraints = [models.CheckConstraint(name="engine_state_is_one_row", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"last tick {self.ticked_at}"
