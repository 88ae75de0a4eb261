"""The figures of a week for one manager: one row for each week and person, which is what makes the mail go once.

queued → calling → sent | refused | in_doubt. One of unknown fate is never sent again by itself.
"""

from django.conf import settings
from django.db import models


class WeeklyMail(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        CALLING = "calling", "being sent"
        SENT = "sent", "sent"
        REFUSED = "refused", "refused"
        IN_DOUBT = "in_doubt", "in doubt"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    week_on = models.DateField(help_text="The Monday on which it goes.")
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    calling_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_mail_per_week_and_person", fields=["person", "week_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.person}"
