"""Mail kept inside the house: with no mail server configured, every message lands here and none leaves."""

from django.db import models


class MailboxMessage(models.Model):
    received_at = models.DateTimeField()
    to = models.CharField(max_length=300)
    subject = models.CharField(max_length=300)
    raw = models.BinaryField(help_text="The message as the reader's mail program gets it.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject
