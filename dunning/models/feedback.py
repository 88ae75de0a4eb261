"""What a customer thought of how we wrote to them: once per case, kept with the step and text that led to it."""

from django.db import models

from customers.models import Customer
from dunning.models.campaign import Step
from dunning.models.case import Case
from dunning.models.notice import Notice
from dunning.rules.feedback import WHY_LATE


class Feedback(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="feedback")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="feedback")
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, null=True, blank=True, related_name="feedback",
        help_text="The letter whose link they came by.",
    )  # fmt: skip
    step = models.ForeignKey(
        Step, on_delete=models.PROTECT, null=True, blank=True, related_name="feedback",
        help_text="Its step. With the language it names the frozen text.",
    )  # fmt: skip
    language = models.CharField(max_length=8, blank=True)
    given_at = models.DateTimeField()
    is_clear = models.BooleanField("clear", null=True, blank=True)
    is_kind = models.BooleanField("kind", null=True, blank=True)
    why_late = models.CharField(max_length=12, blank=True, choices=WHY_LATE)
    words = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "feedback"
        indexes = [models.Index(name="feedback_given", fields=["-given_at"])]
        constraints = [
            models.UniqueConstraint(
                name="one_feedback_per_customer_without_a_case",
                fields=["customer"],
                condition=models.Q(case__isnull=True),
            ),
            models.CheckConstraint(
                name="feedback_says_something",
                condition=models.Q(is_clear__isnull=False)
                | models.Q(is_kind__isnull=False)
                | ~models.Q(why_late="")
                | ~models.Q(words=""),
            ),
        ]

    def __str__(self) -> str:
        return f"feedback of {self.customer}"
