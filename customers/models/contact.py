"""Where a customer can be reached."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Right, Upper

from customers.models.customer import Customer

# However a number is written, its last digits are the same.
LAST_DIGITS = 7
PHONE_ENDS_WITH = Right(
    models.Func(
        models.F("phone"), models.Value("[^0-9]"), models.Value(""), models.Value("g"), function="regexp_replace"
    ),
    LAST_DIGITS,
)


class Contact(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    is_primary = models.BooleanField(default=True, help_text="Reminders go to the primary contact.")

    class Meta:
        indexes = [
            # For the desk's search: the address from its start, in whatever case.
            models.Index(OpClass(Upper("email"), name="text_pattern_ops"), name="contact_email_start"),
            models.Index(PHONE_ENDS_WITH, name="contact_phone_end", condition=~models.Q(phone="")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_primary_contact_per_customer",
                fields=["customer"],
                condition=models.Q(is_primary=True),
            ),
        ]

    def __str__(self) -> str:
        return self.email or self.phone or self.name
