"""Where a customer can be reached."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Concat, Right, Upper

from customers.models.customer import Customer
from customers.rules.contact import ROLES

PARTS = "street street_2 postal_code city region country".split()
# "12 Mill Lane, BA1 2AB, Bath": the parts that are there.
ON_ONE_LINE = models.Func(
    models.Func(
        Concat(*[piece for part in PARTS for piece in (part, models.Value("\n"))]),
        models.Value("\n+"),
        models.Value(", "),
        models.Value("g"),
        function="regexp_replace",
    ),
    models.Value(", "),
    function="rtrim",
)
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
    street = models.CharField(max_length=100, blank=True, db_default="", help_text="With the number, or a box.")
    street_2 = models.CharField(
        "second line", max_length=100, blank=True, db_default="", help_text="Building, floor, suite; as far as needed."
    )
    postal_code = models.CharField(max_length=16, blank=True, db_default="")
    city = models.CharField(max_length=80, blank=True, db_default="")
    region = models.CharField(
        max_length=80, blank=True, db_default="", help_text="State or province, where addresses name it: CA, NSW."
    )
    country = models.CharField(
        max_length=2, blank=True, db_default="", help_text="ISO 3166 code. Empty: the customer's country."
    )
    is_primary = models.BooleanField(default=True, help_text="Reminders go to the primary contact.")
    role = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",
        choices=ROLES,
        help_text="A step of a campaign may go, or be copied, to whoever has this role.",
    )
    # What a letter is sent to, as `email` is for a mail; empty as long as it names no street or no city.
    postal_address = models.GeneratedField(
        expression=models.Case(
            models.When(models.Q(street="") | models.Q(city=""), then=models.Value("")),
            default=ON_ONE_LINE,
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

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
            models.UniqueConstraint(
                name="one_contact_per_role",
                fields=["customer", "role"],
                condition=~models.Q(role=""),
                violation_error_message="Another contact of this customer has this role already.",
            ),
        ]

    def __str__(self) -> str:
        return self.email or self.phone or self.name
