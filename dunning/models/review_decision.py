"""What became of letters that waited for review: released, dropped, expired, taken back. Append-only by trigger."""

from django.conf import settings
from django.db import models

from dunning.models.case import Case
from dunning.models.notice import Notice


class ReviewDecision(models.Model):
    class Verdict(models.TextChoices):
        UNCHANGED = "unchanged", "released unchanged"
        CHANGED = "changed", "released with changed words"
        DROPPED = "dropped", "dropped"
        EXPIRED = "expired", "expired undecided"
        WITHDRAWN = "withdrawn", "taken back: the facts changed"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reviews")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(name="review_decided", fields=["decided_at"])]
        constraints = [
            models.CheckConstraint(
                name="people_release_and_drop",
                condition=models.Q(verdict__in=["unchanged", "changed", "dropped"], decided_by__isnull=False)
                | models.Q(verdict__in=["expired", "withdrawn"], decided_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} on {self.decided_at:%Y-%m-%d}"
