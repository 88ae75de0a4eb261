"""A row that did not go in, or not as the file says: with the reasons, and the row itself to mend."""

from django.db import models

from customers.models.import_run import ImportRun


class ImportIssue(models.Model):
    class Kind(models.TextChoices):
        REFUSED = "refused", "refused"
        CONFLICT = "conflict", "in conflict with the books"
        WARNING = "warning", "taken with a warning"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="issues")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    row_number = models.IntegerField()
    # Issues found by comparing with the books are found anew when the row is applied.
    is_from_books = models.BooleanField(default=False)
    problems = models.JSONField(help_text="List of column, value, problem and remedy.")
    cells = models.TextField(help_text="The row as it stands in the file, cells parted by \\x1e.")

    class Meta:
        indexes = [models.Index(name="import_issue_in_order", fields=["run", "kind", "row_number"])]

    def __str__(self) -> str:
        return f"row {self.row_number}: {self.kind}"
