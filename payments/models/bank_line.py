"""One entry of a bank statement, stored once ever. A credit waits until it is posted to a customer or set aside."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models import Customer
from payments.models.bank_file import BankFile
from payments.models.payment import Payment


class BankLine(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        POSTED = "posted", "posted"
        SET_ASIDE = "set_aside", "set aside"
        NOT_FOR_US = "not_for_us", "not for us"

    bank_file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=64, help_text="Our account.")
    key = models.CharField(max_length=64, help_text="The same in every file that holds this entry.")
    booked_on = models.DateField()
    value_on = models.DateField(null=True, blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=4, help_text="Above 0: came in; below: went out.")
    currency = models.CharField(max_length=3)
    payer_name = models.CharField(max_length=200, blank=True)
    payer_account = models.CharField(max_length=64, blank=True)
    reference = models.CharField(max_length=140, blank=True, help_text="What the payer gave.")
    text = models.CharField(max_length=2000, blank=True, help_text="Remittance text.")
    bank_reference = models.CharField(max_length=128, blank=True)
    raw = models.TextField(blank=True, help_text="As the bank wrote it.")
    state = models.CharField(max_length=12, choices=State.choices)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="bank_lines", help_text="Whose money."
    )
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="bank_line")
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was posted there, or set aside.")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Empty: a sure match.",
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(name="bank_lines_waiting", fields=["booked_on"], condition=Q(state="waiting")),
            models.Index(name="bank_payer_known", fields=["payer_account", "id"], condition=Q(state="posted")),
        ]
        constraints = [
            models.UniqueConstraint(name="bank_line_stored_once", fields=["account", "key"]),
            models.CheckConstraint(
                name="bank_line_posted_has_payment",
                condition=Q(state="posted", payment__isnull=False, customer__isnull=False)
                | (~Q(state="posted") & Q(payment__isnull=True, customer__isnull=True)),
            ),
            models.CheckConstraint(
                name="bank_line_only_credits_are_matched",
                condition=Q(amount__gt=0) & ~Q(state="not_for_us") | Q(amount__lte=0, state="not_for_us"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.payer_name or self.account}"
