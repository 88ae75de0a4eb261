"""Who we talk to. Identity and the few facts every letter needs: language, country, zone."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models

from customers.models.number_key import NumberKey
from customers.rules.tags import LONGEST


class Customer(models.Model):
    class Kind(models.TextChoices):
        UNKNOWN = "unknown", "not known"
        BUSINESS = "business", "business"
        CONSUMER = "consumer", "consumer"

    number = models.CharField(max_length=64, unique=True, help_text="Your own number for this customer.")
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=8, default="en", help_text="Language of letters: en, de, fr or es.")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code, for example DE.")
    time_zone = models.CharField(max_length=64, default="UTC", help_text="For example Europe/Berlin.")
    segment = models.CharField(max_length=64, blank=True, db_index=True)
    tags = ArrayField(
        models.CharField(max_length=LONGEST),
        default=list,
        db_default=[],
        blank=True,
        help_text="Your own marks, parted by commas.",
    )
    since_on = models.DateField("customer since", null=True, blank=True, help_text="Empty: not known.")
    renews_on = models.DateField(
        null=True, blank=True, help_text="When what they subscribe to is renewed next; empty: not known, or cancelled."
    )
    renewal_of = models.CharField(
        max_length=120, blank=True, db_default="", help_text="What is renewed, as the customer calls it."
    )
    renewal_amount = models.DecimalField(
        max_digits=18, decimal_places=4, null=True, blank=True, help_text="What it costs then; empty: not known."
    )
    renewal_currency = models.CharField(max_length=3, blank=True, db_default="", help_text="Of that amount, say EUR.")
    kind = models.CharField(
        "buys as",
        max_length=8,
        choices=Kind.choices,
        default=Kind.UNKNOWN,
        db_default=Kind.UNKNOWN,
        help_text="What the law on late payment goes by. Not known: nothing is ever claimed besides the invoice.",
    )
    vulnerable_since = models.DateTimeField(null=True, blank=True, help_text="A person decides on every step.")
    vulnerable_note = models.CharField(max_length=300, blank=True, db_default="")
    vulnerable_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            # For the desk's search: any word of the name, from its start.
            GinIndex(SearchVector("name", config="simple"), name="customer_name_words"),
            GinIndex(name="customer_tags", fields=["tags"]),
            models.Index(NumberKey("number"), name="customer_number_key"),
            models.Index(name="customer_renews", fields=["renews_on"], condition=models.Q(renews_on__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="customer_number_not_empty", condition=~models.Q(number="")),
            models.CheckConstraint(
                name="renewal_costs_an_amount_on_a_day",
                condition=models.Q(renewal_amount=None, renewal_currency="")
                | models.Q(renews_on__isnull=False, renewal_amount__gt=0) & ~models.Q(renewal_currency=""),
                violation_error_message="An amount of a renewal needs its currency and the day, and is above 0.",
            ),
            models.CheckConstraint(
                name="customer_is_vulnerable_with_a_note",
                condition=models.Q(vulnerable_since=None, vulnerable_note="", vulnerable_by=None)
                | models.Q(vulnerable_since__isnull=False) & ~models.Q(vulnerable_note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"
