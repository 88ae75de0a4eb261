"""One entry of a bank statement, stored once ever.

A credit waits until it is posted to a customer or set aside. So does a debit that takes an earlier payment back; every
other debit is not for us.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models import Customer
from payments.models.bank_file import BankFile
from payments.models.payment import Payment
from payments.models.refund import Refund


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
    is_return = models.BooleanField(default=False, help_text="It gives back or takes back an earlier entry.")
    state = models.CharField(max_length=12, choices=State.choices)
    looks = models.PositiveSmallIntegerField(default=0, help_text="How often it was compared with the books.")
    looked_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True, help_text="When it is compared again, while it waits.")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="bank_lines", help_text="Whose money."
    )
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="bank_line")
    refund = models.OneToOneField(
        Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="bank_line",
        help_text="What a debit took back.",
    )  # fmt: skip
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
                name="bank_line_posted_moves_money",
                condition=Q(state="posted", customer__isnull=False, amount__gt=0, payment__isnull=False, refund=None)
                | Q(state="posted", customer__isnull=False, amount__lt=0, payment=None, refund__isnull=False)
                | (~Q(state="posted") & Q(payment=None, refund=None, customer=None)),
            ),
            models.CheckConstraint(
                name="bank_line_debits_wait_only_as_returns",
                condition=Q(amount__gt=0) & ~Q(state="not_for_us") | Q(amount__lt=0) | Q(amount=0, state="not_for_us"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer_name or self.account}, {self.booked_on:%-d %B %Y}"
