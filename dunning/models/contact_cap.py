"""How often one customer may be contacted, as a law or our own caution says, from which day on."""

from django.db import models

from customers.rules.contact import CHANNELS
from dunning.rules.limits import Cap


class ContactCap(models.Model):
    country = models.CharField(max_length=2, blank=True, help_text="Only for customers there; empty for everywhere.")
    channel = models.CharField(max_length=16, blank=True, choices=CHANNELS)
    talks_only = models.BooleanField(
        "only talks count", default=False, help_text="Only calls that were answered; the day of the talk is day 1."
    )
    at_most = models.PositiveSmallIntegerField(help_text="So many contacts …")
    days = models.PositiveSmallIntegerField(help_text="… in so many days in a row. 1 in 1 day is a minimum gap.")
    source = models.CharField(max_length=200, help_text="The law, or who decided it.")
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_contact_cap_per_span_and_day",
                fields=["country", "channel", "talks_only", "days", "valid_from"],
            ),
            models.CheckConstraint(name="contact_cap_has_a_source", condition=~models.Q(source="")),
            models.CheckConstraint(
                name="contact_cap_lets_something_through",
                condition=models.Q(at_most__gte=1, days__gte=1, days__lte=366),
            ),
        ]

    def __str__(self) -> str:
        return str(Cap(self.at_most, self.days, self.source, self.channel, self.talks_only))
