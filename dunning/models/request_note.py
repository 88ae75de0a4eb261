"""What a customer added to a request of theirs while it waited for an answer."""

from django.db import models

from dunning.models.customer_request import CustomerRequest


class RequestNote(models.Model):
    request = models.ForeignKey(CustomerRequest, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(help_text="In their words.")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = "addition to a request"
        verbose_name_plural = "additions to requests"

    def __str__(self) -> str:
        return f"added to {self.request}"
