"""A notice that waits in the customer's app, as it was handed over: shown until dismissed or no longer true.

The personal link is not kept: it is derived again when the notice is shown.
"""

from django.db import models

from dunning.rules.words import Tone


class InAppNotice(models.Model):
    key = models.CharField(max_length=200, unique=True, help_text="The notice's message_id.")
    customer_number = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    text = models.TextField()
    language = models.CharField(max_length=8)
    tone = models.PositiveSmallIntegerField(choices=[(t.value, t.name.lower()) for t in Tone])
    shown_at = models.DateTimeField(null=True, blank=True, help_text="When it was first seen.")
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="Nobody had seen it when its step went another way."
    )
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "notice in the app"
        verbose_name_plural = "notices in the app"
        indexes = [
            models.Index(
                name="in_app_to_show", fields=["customer_number", "-id"], condition=models.Q(dismissed_at__isnull=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="dismissed_notice_was_shown",
                condition=models.Q(dismissed_at__isnull=True) | models.Q(shown_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Notice in the app for {self.customer_number}"
