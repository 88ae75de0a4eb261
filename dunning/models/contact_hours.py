"""Hours in which customers of a country may be contacted; outside of them it is quiet. Begun rows are never changed."""

from django.db import models


class ContactHours(models.Model):
    country = models.CharField(max_length=2, blank=True, help_text="Only for customers there; empty for everywhere.")
    weekdays = models.CharField(max_length=7, default="1234567", help_text="1 is Monday, 7 Sunday; 12345 for weekdays.")
    opens = models.TimeField("from", help_text="On the customer's clock.")
    closes = models.TimeField("until")
    source = models.CharField(max_length=200, help_text="The law, or who decided it.")
    valid_from = models.DateField()

    class Meta:
        verbose_name_plural = "contact hours"
        constraints = [
            models.UniqueConstraint(
                name="one_row_of_contact_hours_per_day", fields=["country", "weekdays", "valid_from"]
            ),
            models.CheckConstraint(name="contact_hours_have_a_source", condition=~models.Q(source="")),
            models.CheckConstraint(name="contact_hours_are_a_window", condition=models.Q(opens__lt=models.F("closes"))),
            models.CheckConstraint(
                name="contact_hours_name_weekdays",
                condition=models.Q(weekdays__regex=r"^1?2?3?4?5?6?7?$") & ~models.Q(weekdays=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country or 'everywhere'}: {self.opens:%H:%M}–{self.closes:%H:%M}"
