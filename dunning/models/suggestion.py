"""Something that could be done better, found in the figures. A manager makes a draft of it, or dismisses it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.rules.choices import choices
from dunning.models.campaign import CampaignVersion, Step
from dunning.models.rehearsal import Rehearsal
from dunning.rules.suggestions import WORDS


class Suggestion(models.Model):
    class State(models.TextChoices):
        OPEN = "open", "open"
        DRAFTED = "drafted", "made a draft"
        DISMISSED = "dismissed", "dismissed"

    month = models.DateField(help_text="Its first day.")
    kind = models.CharField(max_length=12, choices=choices(WORDS))
    step = models.ForeignKey(
        Step, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="What it is about; empty: no step of a campaign.",
    )  # fmt: skip
    detail = models.CharField(max_length=64, blank=True, help_text="The segment, or the hour.")
    says = models.CharField(max_length=300)
    evidence = models.JSONField(default=list, help_text="The numbers behind it, in words.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was dismissed.")
    draft = models.ForeignKey(CampaignVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    rehearsal = models.ForeignKey(Rehearsal, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_suggestion_a_month",
                fields=["month", "kind", "step", "detail"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="suggestion_is_dismissed_with_a_reason", condition=~Q(state="dismissed") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="suggestion_is_decided_once",
                condition=Q(state="open", decided_at__isnull=True) | ~Q(state="open") & Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.says
