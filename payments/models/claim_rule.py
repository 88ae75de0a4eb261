"""What a law lets us claim for late payment, from which day on. A row that has begun is never changed."""

from django.db import models

from payments.models.base_rate import BASE_RATES
from payments.rules.claims import ClaimKind

KINDS = [
    (ClaimKind.LUMP_SUM.value, "lump sum"),
    (ClaimKind.COST.value, "collection cost"),
    (ClaimKind.INTEREST.value, "interest"),
]


class ClaimRule(models.Model):
    class Pack(models.TextChoices):
        EU_B2B = "eu_b2b", "EU, businesses (euro countries)"
        DE_B2B = "de_b2b", "Germany, businesses"
        DE_B2C = "de_b2c", "Germany, consumers"
        UK_B2B = "uk_b2b", "United Kingdom, businesses"
        NL_B2C = "nl_b2c", "Netherlands, consumers"
        OWN = "own", "our own"

    pack = models.CharField(max_length=8, choices=Pack.choices)
    kind = models.CharField(max_length=8, choices=KINDS)
    who = models.CharField("from", max_length=8, choices=[("business", "businesses"), ("consumer", "consumers")])
    countries = models.CharField(max_length=200, help_text="Customers there, as AT BE DE.")
    terms = models.CharField(
        max_length=200,
        help_text="40 · 40 below 1000; 70 below 10000; 100 · 15% of 2500; 10%; at least 40; at most 6775 · "
        "up to 2.50 · base + 9",
    )
    currency = models.CharField(max_length=3, blank=True, help_text="Only for invoices in it; empty for any.")
    base_rate = models.CharField(max_length=16, blank=True, choices=BASE_RATES)
    is_rate_fixed = models.BooleanField(
        "rate stays", default=False, help_text="The base rate of the first day counts until the end."
    )
    is_by_itself = models.BooleanField(
        "raised by itself", default=False, help_text="Otherwise a person raises it from the invoice's page."
    )
    wait_days = models.PositiveSmallIntegerField(
        default=0,
        help_text="So many days must have passed after the due date, or after the customer was told.",
    )
    from_step = models.PositiveSmallIntegerField(default=0, help_text="From which reminder on.")
    source = models.CharField(max_length=300, help_text="The law, or who decided it.")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="The last day; empty for until a later row.")

    class Meta:
        verbose_name = "law"
        constraints = [
            models.UniqueConstraint(
                name="one_claim_rule_per_kind_and_day",
                fields=["pack", "kind", "who", "countries", "currency", "valid_from"],
            ),
            models.CheckConstraint(name="claim_rule_has_a_source", condition=~models.Q(source="")),
            models.CheckConstraint(
                name="claim_rule_interest_has_a_base_rate",
                condition=models.Q(kind="interest") & ~models.Q(base_rate="")
                | ~models.Q(kind="interest") & models.Q(base_rate=""),
            ),
            models.CheckConstraint(
                name="claim_rule_ends_after_it_began",
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_pack_display()}: {self.get_kind_display()}"
