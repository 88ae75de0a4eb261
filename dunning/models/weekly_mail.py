"""The figures of a week for one manager: one row for each week and person, which is what makes the mail go once."""

from django.conf import settings
from django.db import models

from dunning.models.outgoing import Outgoing


class WeeklyMail(Outgoing):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    week_on = models.DateField(help_text="The Monday on which it goes.")
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()

    class Meta(Outgoing.Meta):
        constraints = [
            models.UniqueConstraint(name="one_mail_per_week_and_person", fields=["person", "week_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.person}"
