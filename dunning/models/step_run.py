"""The ledger of steps: one row per (case, step), with the reason in words, for skips and delays too."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from dunning.models.campaign import Step
from dunning.models.case import Case
from dunning.rules.words import Outcome


class StepRun(models.Model):
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="runs")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="runs", db_index=False)
    outcome = models.CharField(max_length=8, choices=[(o.value, o.value) for o in Outcome])
    decided_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    is_by_hand = models.BooleanField(default=False, help_text="A person asked for it before its day, or dropped it.")

    class Meta:
        verbose_name = "step taken"
        verbose_name_plural = "steps taken"
        indexes = [BrinIndex(fields=["decided_at"], name="step_run_decided", autosummarize=True)]
        constraints = [models.UniqueConstraint(name="one_run_per_case_and_step", fields=["case", "step"])]

    def __str__(self) -> str:
        return f"{self.step}: {self.outcome}"
