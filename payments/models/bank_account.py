"""An account of ours that customers may pay into by bank transfer, as their page and our letters print it."""

from django.db import models


class BankAccount(models.Model):
    currency = models.CharField(max_length=3, help_text="Of the invoices paid into it. ISO 4217 code, for example EUR.")
    holder = models.CharField("account holder", max_length=70)
    iban = models.CharField("IBAN", max_length=34, blank=True, help_text="Or an account number, where there is none.")
    account_number = models.CharField(max_length=34, blank=True)
    routing_code = models.CharField(
        max_length=34, blank=True, help_text="What finds the bank there: sort code, routing number, BSB."
    )
    bic = models.CharField("BIC", max_length=11, blank=True)
    bank_name = models.CharField("bank", max_length=70, blank=True)
    is_shown = models.BooleanField("shown to customers", default=True)

    class Meta:
        verbose_name = "bank account of ours"
        verbose_name_plural = "bank accounts of ours"
        constraints = [
            models.UniqueConstraint(
                name="one_bank_account_of_ours", fields=["currency", "iban", "account_number", "routing_code"]
            ),
            models.CheckConstraint(
                name="bank_account_has_a_number",
                condition=(models.Q(iban="") ^ models.Q(account_number="")),
            ),
            models.CheckConstraint(
                name="bank_account_currency_is_a_code", condition=models.Q(currency__regex=r"^[A-Z]{3}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.iban or self.account_number}"
