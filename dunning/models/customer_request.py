"""What a customer asked for or told us on their page, and what became of it.

waiting → granted | declined | settled;  granted (at once, or by a person) → settled. `closed_at` is empty while it is
live: while somebody has to answer, or while a promise or an extension runs.
"""

from django.conf import settings
from django.db import models

from customers.models import Customer, Hold, Invoice
from dunning.models.case import Case
from dunning.rules.needs import ABOUT_TIME, DAY_PARTS, NEEDS, Need
from payments.models import ChargeAttempt, InstalmentPlan, PaymentMethod


class CustomerRequest(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "waits for an answer"
        GRANTED = "granted", "granted"
        DECLINED = "declined", "declined"
        SETTLED = "settled", "settled"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="requests")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="requests")
    kind = models.CharField(max_length=10, choices=NEEDS)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    raised_at = models.DateTimeField()
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="requests", help_text="Empty: all."
    )
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    asked_on = models.DateField(
        null=True, blank=True, help_text="The day they name: pay on, pay from, extended to, or paid on."
    )
    parts = models.PositiveSmallIntegerField(null=True, blank=True)
    day_part = models.CharField("call", max_length=9, blank=True, choices=DAY_PARTS)
    phone = models.CharField(max_length=32, blank=True)
    reference = models.CharField(max_length=140, blank=True)
    text = models.TextField(blank=True, help_text="In their words.")
    why_a_person = models.CharField(max_length=300, blank=True, help_text="Why it was not granted at once.")
    answer_on = models.DateField(null=True, blank=True, help_text="By when they were told to expect an answer.")
    method = models.ForeignKey(
        PaymentMethod, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="What is charged on that day, as they agreed.",
    )  # fmt: skip
    attempt = models.OneToOneField(
        ChargeAttempt, on_delete=models.PROTECT, null=True, blank=True, related_name="promise"
    )
    look_at = models.DateTimeField(
        null=True, blank=True, help_text="The promised day is not looked at before: last time nothing could be done."
    )
    hold = models.ForeignKey(Hold, on_delete=models.SET_NULL, null=True, blank=True, related_name="requests")
    plan = models.ForeignKey(InstalmentPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="requests")
    answer = models.TextField(blank=True, help_text="What they were told.")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "customer request"
        indexes = [
            models.Index(name="request_to_answer", fields=["answer_on"], condition=models.Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_live_request_about_time",
                fields=["customer"],
                condition=models.Q(closed_at__isnull=True, kind__in=sorted(ABOUT_TIME)),
            ),
            models.UniqueConstraint(
                name="one_live_request_per_kind",
                fields=["customer", "kind"],
                condition=models.Q(closed_at__isnull=True) & ~models.Q(kind=Need.DISPUTE.value),
            ),
            models.UniqueConstraint(
                name="one_live_dispute_per_invoice",
                fields=["invoice"],
                condition=models.Q(closed_at__isnull=True, kind=Need.DISPUTE.value),
            ),
            models.CheckConstraint(
                name="request_waits_with_an_answer_day",
                condition=~models.Q(state="waiting") | models.Q(answer_on__isnull=False, closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="request_that_is_over_is_closed",
                condition=models.Q(state__in=["waiting", "granted"]) | models.Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="request_disputes_one_invoice",
                condition=~models.Q(kind=Need.DISPUTE.value) | models.Q(invoice__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.get_kind_display()}"
