"""A phone call that a person made to a customer. It counts as a contact; a talk rests the phone where a law says so."""

from django.conf import settings
from django.db import models

from customers.models import Customer


class Call(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="calls")
    called_at = models.DateTimeField()
    is_talk = models.BooleanField("answered", default=False, help_text="Somebody answered and talked.")
    note = models.CharField(max_length=300, blank=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"call to {self.customer}"
