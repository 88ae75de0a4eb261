"""News: "something about this customer's debt changed", written in the same transaction as the change.

The engine takes these rows, looks at the customer again and deletes them. Because the row commits with
the fact, news cannot be lost; because it is only a hint, it may come twice.
"""

from django.db import models


class CustomerChange(models.Model):
    # No foreign key: the row lives for a minute, and bulk imports write many.
    customer_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"customer {self.customer_id} changed"
