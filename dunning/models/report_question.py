"""A question to a report that takes long: asked by a page or by the night, and worked out by the engine.

What stays true is kept as a ReportAnswer; what is true for a while only (`rows`) is forgotten with its question.
"""

from django.db import models


class ReportQuestion(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "waiting to begin"
        MAKING = "making", "being worked out"
        MADE = "made", "made"
        STOPPED = "stopped", "stopped"

    report = models.CharField(max_length=32)
    as_of = models.DateField()
    asked = models.CharField(max_length=300, help_text="Period, grouping and filters, as a key.")
    edition = models.PositiveSmallIntegerField(help_text="Of the definitions.")
    question = models.JSONField(help_text="All that was asked, to work it out by.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    rows = models.JSONField(default=list)
    trouble = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="asked_once", fields=["report", "as_of", "asked", "edition"]),
            models.CheckConstraint(
                name="report_is_made_at_a_moment", condition=~models.Q(state="made") | models.Q(made_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}, {self.as_of}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.MAKING)
