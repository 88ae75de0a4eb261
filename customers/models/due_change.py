"""Due dates that invoices had before: whoever asks how things stood on a past day goes by the date of that day.

The database adds a row by itself whenever a due date changes. Rows are only added.
"""

from django.db import models

from customers.models.invoice import Invoice


class DueChange(models.Model):
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="due_changes")
    was_due_on = models.DateField()
    changed_at = models.DateTimeField(help_text="Until then it was due on that date.")

    def __str__(self) -> str:
        return f"due on {self.was_due_on} until {self.changed_at:%Y-%m-%d}"
