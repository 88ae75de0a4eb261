"""One try to collect money. The row is committed before the gateway is called; an unknown outcome stays visible."""

from django.db import models

from customers.models import Customer
from customers.rules.money import in_words
from payments.models.payment import Payment
from payments.models.payment_method import PaymentMethod


class ChargeAttempt(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", "about to be made"
        CALLING = "calling", "asking the gateway"
        SUCCEEDED = "succeeded", "succeeded"
        DECLINED = "declined", "declined"
        REQUIRES_ACTION = "requires_action", "waiting for the customer's bank"
        PENDING = "pending", "on its way through the banks"
        IN_DOUBT = "in_doubt", "in doubt"
        ABANDONED = "abandoned", "abandoned"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="charge_attempts")
    method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT, null=True, blank=True, related_name="attempts")
    gateway = models.CharField(max_length=32)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    invoice_ids = models.JSONField(default=list, help_text="Invoices to settle, in order.")
    idempotency_key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.CALLING)
    decline_code = models.CharField(max_length=64, blank=True, help_text="Why no money came: the bank's or our reason.")
    advice_code = models.CharField(max_length=64, blank=True, help_text="The gateway's advice.")
    network_code = models.CharField(max_length=16, blank=True, help_text="The answer of the card's bank or the scheme.")
    network_advice = models.CharField(max_length=16, blank=True, help_text="The network's advice or category.")
    card_brand = models.CharField(max_length=32, blank=True)
    card_fingerprint = models.CharField(max_length=64, blank=True, help_text="The same for every token of one card.")
    is_attended = models.BooleanField(default=True, help_text="The customer was at the screen.")
    is_elsewhere = models.BooleanField(default=False, help_text="The gateway or somebody else asked for it, not we.")
    keep_card = models.BooleanField(default=False, help_text="Keep the card for next time if this succeeds.")
    may_charge = models.BooleanField(default=False, help_text="The kept card may be charged for what falls due.")
    approval_address = models.CharField(
        max_length=2000, blank=True, help_text="The bank's page, while the payment waits for the customer there."
    )
    gateway_reference = models.CharField(max_length=128, blank=True)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="attempt")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(help_text="When the gateway is asked what became of it, while that is not known.")
    looks = models.PositiveSmallIntegerField(default=0, help_text="How often it was asked.")

    class Meta:
        indexes = [
            models.Index(
                name="tries_of_a_card",
                fields=["card_fingerprint", "started_at"],
                condition=~models.Q(card_fingerprint=""),
            ),
            models.Index(
                name="charges_to_look_at",
                fields=["look_at"],
                condition=models.Q(state__in=["queued", "calling", "requires_action", "pending", "in_doubt"]),
            ),
            models.Index(
                name="paid_on_the_page",
                fields=["finished_at"],
                condition=models.Q(state="succeeded", is_attended=True, is_elsewhere=False),
            ),
            models.Index(
                name="debits_elsewhere",
                fields=["customer"],
                condition=models.Q(state="pending", is_elsewhere=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_live_attempt_of_ours_per_customer_and_currency",
                fields=["customer", "currency"],
                condition=models.Q(
                    state__in=["queued", "calling", "requires_action", "pending", "in_doubt"], is_elsewhere=False
                ),
            ),
            models.CheckConstraint(
                name="a_queued_charge_has_a_method",
                condition=~models.Q(state="queued") | models.Q(method__isnull=False, is_attended=False),
            ),
            models.CheckConstraint(name="charge_amount_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="approval_address_only_while_it_is_needed",
                condition=models.Q(approval_address="") | models.Q(state="requires_action"),
            ),
        ]

    def __str__(self) -> str:
        return f"{in_words(self.amount, self.currency)}: {self.get_state_display()}"
