"""Letters put on paper together: who asked, when, and the very file that was printed, as it is downloaded again.

making → made. Only one is being made at a time, so that two people at once get one run.
"""

from django.conf import settings
from django.db import models


class PrintRun(models.Model):
    class State(models.TextChoices):
        MAKING = "making", "being made"
        MADE = "made", "made"

    state = models.CharField(max_length=6, choices=State.choices, default=State.MAKING)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seen_at = models.DateTimeField(help_text="When it last made progress.")
    made_at = models.DateTimeField(null=True, blank=True)
    letters = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0, help_text="With the cover list and blank backs.")
    pdf = models.BinaryField(default=b"")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_print_run_is_made_at_a_time", fields=["state"], condition=models.Q(state="making")
            ),
            models.CheckConstraint(
                name="print_run_is_posted_once_made", condition=models.Q(posted_at=None) | models.Q(state="made")
            ),
        ]

    def __str__(self) -> str:
        return f"Print run {self.pk}"
