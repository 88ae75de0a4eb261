"""A customer whom a waiting bank line is probably from. While the row is there nobody reminds them."""

from django.db import models

from customers.models import Customer
from payments.models.bank_line import BankLine


class LikelyPayer(models.Model):
    line = models.ForeignKey(BankLine, on_delete=models.CASCADE, related_name="likely_payers")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="likely_money")

    class Meta:
        constraints = [models.UniqueConstraint(name="likely_payer_once", fields=["line", "customer"])]

    def __str__(self) -> str:
        return f"line {self.line_id} from customer {self.customer_id}"
