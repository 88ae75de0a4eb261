"""A proposal to give up what is open of a case in one currency, and who agreed. The ledger says what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from customers.models import Invoice
from dunning.models.case import Case
from dunning.models.step_run import StepRun


def person(name: str, says: str = "") -> models.ForeignKey:  # type: ignore[type-arg]
    user = settings.AUTH_USER_MODEL
    return models.ForeignKey(
        user, on_delete=models.PROTECT, verbose_name=name, help_text=says, null=True, blank=True, related_name="+"
    )


class WriteOffProposal(models.Model):
    class State(models.TextChoices):
        OPEN = "open", "open"
        APPROVED = "approved", "written off"
        REFUSED = "refused", "refused"
        LAPSED = "lapsed", "lapsed"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="write_off_proposals")
    run = models.ForeignKey(
        StepRun,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The step behind it.",
    )
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=18, decimal_places=4, help_text="What was open when it was proposed.")
    reason = models.CharField(max_length=300)
    proposed_by = person("proposed by", "Empty: a step of the campaign.")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    first_by = person("first approved by")
    first_at = models.DateTimeField(null=True, blank=True)
    decided_by = person("decided by", "Empty where facts had the last word.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=300, blank=True, help_text="What came of it.")

    class Meta:
        verbose_name = "proposed write-off"
        constraints = [
            models.UniqueConstraint(
                name="one_open_write_off_per_case", fields=["case", "currency"], condition=Q(state="open")
            ),
            models.UniqueConstraint(name="one_write_off_per_step", fields=["run", "currency"]),
            models.CheckConstraint(name="write_off_gives_something_up", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="write_off_ends_with_a_decision",
                condition=Q(state="open", decided_at__isnull=True)
                | ~Q(state="open") & Q(decided_at__isnull=False) & ~Q(decision=""),
            ),
            models.CheckConstraint(
                name="write_off_is_approved_by_somebody", condition=~Q(state="approved") | Q(decided_by__isnull=False)
            ),
            models.CheckConstraint(
                name="write_off_has_other_eyes",
                condition=~Q(state="approved")
                | (Q(proposed_by__isnull=True) | ~Q(proposed_by=F("decided_by")))
                & (Q(first_by__isnull=True) | ~Q(first_by=F("decided_by"))),
            ),
            models.CheckConstraint(
                name="write_off_first_eye_is_another",
                condition=Q(first_by__isnull=True) | Q(proposed_by__isnull=True) | ~Q(first_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"Write-off {self.pk}"


class WriteOffLine(models.Model):
    """One invoice of a proposal. `given_up`: what was written off in the end."""

    proposal = models.ForeignKey(WriteOffProposal, on_delete=models.CASCADE, related_name="lines")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=18, decimal_places=4, help_text="What was open of it then.")
    given_up = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_write_off_line_per_invoice", fields=["proposal", "invoice"])]

    def __str__(self) -> str:
        return str(self.invoice)
