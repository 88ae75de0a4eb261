"""What moved an invoice's balance: an append-only book (a database trigger refuses changes and deletions)."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from customers.models.invoice import Invoice


class LedgerEntry(models.Model):
    class Kind(models.TextChoices):
        INVOICED = "invoiced", "invoiced"
        PAID = "paid", "paid"
        CREDITED = "credited", "credited"
        REFUNDED = "refunded", "refunded"
        WRITTEN_OFF = "written_off", "written off"

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    amount = models.DecimalField(
        max_digits=18, decimal_places=4, help_text="Signed: invoiced and refunded add, the others take away."
    )
    occurred_on = models.DateField(help_text="Value date.")
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=16, help_text="import, gateway or desk.")
    reference = models.CharField(max_length=128, blank=True, help_text="The source's own key; never posted twice.")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "ledger entries"
        indexes = [
            # What was written since a day: reports work back from today's balances.
            BrinIndex(fields=["recorded_at"], name="ledger_entry_recorded", autosummarize=True),
            BrinIndex(fields=["occurred_on"], name="ledger_entry_occurred", autosummarize=True),
        ]
        constraints = [
            models.UniqueConstraint(
                name="ledger_entry_posted_once",
                fields=["invoice", "kind", "source", "reference"],
                condition=~models.Q(reference=""),
            ),
            models.CheckConstraint(name="ledger_entry_moves_something", condition=~models.Q(amount=0)),
            models.CheckConstraint(
                name="ledger_entry_sign",
                condition=models.Q(kind="invoiced")
                | models.Q(kind="refunded", amount__gt=0)
                | models.Q(kind__in=["paid", "credited", "written_off"], amount__lt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
