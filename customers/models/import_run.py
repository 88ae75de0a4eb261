"""One file on its way into the books: from the upload to the result page."""

from typing import Any

from django.conf import settings
from django.db import models

from customers.rules.import_layout import Choices, Layout


class ImportRun(models.Model):
    class State(models.TextChoices):
        UPLOADED = "uploaded", "waiting to be read"
        ASKING = "asking", "needs an answer"
        READ = "read", "ready to confirm"
        CONFIRMED = "confirmed", "waiting to go in"
        APPLYING = "applying", "going in"
        DONE = "done", "done"
        REFUSED = "refused", "refused"
        DISCARDED = "discarded", "discarded"

    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField(help_text="Bytes.")
    state = models.CharField(max_length=16, choices=State.choices, default=State.UPLOADED)
    refusal = models.TextField(blank=True, help_text="Why the whole file was refused.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often the worker began to read the file.")
    chosen = models.JSONField(default=dict, help_text="What a person said about the file.")
    found = models.JSONField(default=dict, help_text="How the file is read.")
    rows = models.IntegerField(default=0)
    last_row = models.IntegerField(default=0, help_text="Number of the last row; the header is row 1.")
    cursor = models.IntegerField(default=0, help_text="Everything up to this row is in the books.")
    new = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    conflicts = models.IntegerField(default=0)
    new_customers = models.IntegerField(default=0)
    changed_customers = models.IntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "import"
        indexes = [
            models.Index(
                name="import_run_to_work_on",
                fields=["confirmed_at"],
                condition=models.Q(state__in=["uploaded", "confirmed", "applying"]),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def choices(self) -> Choices:
        return Choices(**self.chosen)

    @property
    def layout(self) -> Layout | None:
        """How the file is read; None as long as nobody looked inside."""
        found: dict[str, Any] = self.found
        return Layout.from_json(found) if found else None

    @property
    def percent(self) -> int:
        """How much of the file is in the books."""
        return 100 * self.cursor // self.last_row if self.last_row else 0
