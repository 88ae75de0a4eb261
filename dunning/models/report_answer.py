"""A report's answer for a day that is over, kept: its books do not change any more. It can be worked out anew.

Rows are only added. One that was made by former definitions (`edition`) is left alone and not shown.
"""

from django.db import models


class ReportAnswer(models.Model):
    report = models.CharField(max_length=32)
    as_of = models.DateField()
    asked = models.CharField(max_length=300, help_text="Period, grouping and filters, as a key.")
    edition = models.PositiveSmallIntegerField(help_text="Of the definitions.")
    rows = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_answer_per_question", fields=["report", "as_of", "asked", "edition"]),
        ]

    def __str__(self) -> str:
        return f"{self.report}, {self.as_of}"
