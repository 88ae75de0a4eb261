"""An address to which nothing may go: what was sent there came back, or was reported as spam. Released by a person."""

from django.conf import settings
from django.db import models

from customers.rules.contact import CHANNELS, UNREACHABLE


class SuppressedAddress(models.Model):
    channel = models.CharField(max_length=16, choices=CHANNELS)
    address = models.CharField(max_length=254, help_text="In small letters.")
    reason = models.CharField(max_length=16, choices=UNREACHABLE)
    source = models.CharField(max_length=300, help_text="Who said so, and in which words.")
    since = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    release_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "suppressed address"
        verbose_name_plural = "suppressed addresses"
        constraints = [
            models.UniqueConstraint(
                name="one_suppression_in_force",
                fields=["channel", "address"],
                condition=models.Q(released_at__isnull=True),
            ),
            models.CheckConstraint(
                name="suppression_is_released_with_a_reason",
                condition=models.Q(released_at__isnull=True) | ~models.Q(release_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.address
