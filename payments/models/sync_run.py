"""One reading of a gateway's lists: how far it is, and what it brought. A run that was broken off is gone on with."""

from django.db import models


class SyncRun(models.Model):
    class Stage(models.TextChoices):
        CUSTOMERS = "customer", "customers"
        INVOICES = "invoice", "invoices"
        TRIES = "try", "charges"
        REFUNDS = "refund", "refunds"
        DISPUTES = "dispute", "disputes"
        CREDITS = "credit_note", "credit notes"
        DONE = "done", "done"

    gateway = models.CharField(max_length=32)
    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.CUSTOMERS)
    after = models.CharField(max_length=128, blank=True, help_text="The last row taken in of this stage.")
    since = models.DateTimeField(null=True, blank=True, help_text="Created since then; empty: ever.")
    only_open = models.BooleanField(default=False, help_text="Of invoices, all that are open and no others.")
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "sync"
        constraints = [
            models.UniqueConstraint(
                name="one_unfinished_sync_per_gateway", fields=["gateway"], condition=models.Q(finished_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway}, {self.started_at:%-d %B %Y %H:%M}"
