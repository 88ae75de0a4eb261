"""What of a gateway's books could not be taken in as it stands there, or needs a person: with the reason and remedy."""

from django.db import models


class SyncFinding(models.Model):
    gateway = models.CharField(max_length=32)
    kind = models.CharField(max_length=16, help_text="customer, invoice, try, refund, dispute or credit_note")
    external_id = models.CharField(max_length=128, help_text="The gateway's own id.")
    field = models.CharField(max_length=32)
    value = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=300)
    remedy = models.CharField(max_length=300)
    is_refused = models.BooleanField(help_text="It was not taken in. Otherwise it was, without this field.")
    found_at = models.DateTimeField()

    class Meta:
        verbose_name = "sync finding"
        constraints = [
            models.UniqueConstraint(name="one_finding_per_field", fields=["gateway", "kind", "external_id", "field"]),
        ]

    def __str__(self) -> str:
        return f"{self.external_id}, {self.field}: {self.problem}"
