"""How often a card or account may be tried, as its network or our own caution says, from which day on."""

from django.db import models

from payments.rules.declines import ANY_NETWORK, CapScope

NETWORKS = [
    (ANY_NETWORK, "every card and account"),
    ("visa", "Visa"),
    ("mastercard", "Mastercard"),
    ("other", "any other card"),
    ("sepa_debit", "SEPA debit"),
    ("ach_debit", "ACH debit"),
]
SCOPES = [
    (CapScope.DAY.value, "in 24 hours"),
    (CapScope.DAYS_30.value, "in any 30 days"),
    (CapScope.MONTH.value, "in a calendar month"),
    (CapScope.INVOICE.value, "for one invoice"),
]


class NetworkCap(models.Model):
    network = models.CharField(max_length=16, choices=NETWORKS)
    scope = models.CharField(max_length=8, choices=SCOPES)
    limit = models.PositiveSmallIntegerField(help_text="So many tries at most.")
    same_amount = models.BooleanField(default=False, help_text="Only tries for the same amount count.")
    country = models.CharField(max_length=2, blank=True, help_text="Only for cards issued there; empty for everywhere.")
    source = models.CharField(max_length=200, help_text="The public document that says so, or who decided it.")
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_network_cap_per_scope_and_day",
                fields=["network", "scope", "same_amount", "country", "valid_from"],
            ),
            models.CheckConstraint(name="network_cap_has_a_source", condition=~models.Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_network_display()}: {self.limit} {self.get_scope_display()}"
