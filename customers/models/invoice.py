"""What was billed and what is still open of it. `balance` equals the sum of the ledger, always."""

from django.db import models

from customers.models.customer import Customer
from customers.models.number_key import NumberKey


class Invoice(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=64, unique=True)
    description = models.CharField(max_length=300, blank=True)
    pdf_url = models.URLField(
        "PDF", max_length=500, blank=True, db_default="", help_text="Where the invoice itself can be read: https only."
    )
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField()
    currency = models.CharField(max_length=3, help_text="ISO 4217 code, for example EUR.")
    amount = models.DecimalField(max_digits=18, decimal_places=4, help_text="What was billed.")
    balance = models.DecimalField(max_digits=18, decimal_places=4, help_text="What is still open; the ledger's sum.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            # The engine's way in: what is open, by customer and by due date, without touching the table.
            models.Index(
                name="invoice_open_by_customer",
                fields=["customer", "due_on"],
                include=["balance", "currency"],
                condition=models.Q(balance__gt=0),
            ),
            models.Index(
                name="invoice_open_by_due",
                fields=["due_on"],
                include=["customer", "balance", "currency"],
                condition=models.Q(balance__gt=0),
            ),
            # Money at the bank: by the exact amount, and by the number however the payer spells it.
            models.Index(
                name="invoice_open_by_balance", fields=["balance", "currency"], condition=models.Q(balance__gt=0)
            ),
            models.Index(NumberKey("number"), name="invoice_number_key"),
        ]
        constraints = [
            models.CheckConstraint(name="invoice_amount_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="invoice_currency_is_a_code", condition=models.Q(currency__regex=r"^[A-Z]{3}$")
            ),
            models.CheckConstraint(
                name="invoice_pdf_is_fetched_safely",
                condition=models.Q(pdf_url="") | models.Q(pdf_url__startswith="https://"),
            ),
            models.CheckConstraint(
                name="invoice_not_due_before_issued",
                condition=models.Q(issued_on__isnull=True) | models.Q(due_on__gte=models.F("issued_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.number
