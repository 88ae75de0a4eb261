"""A customer's personal link. The table knows the hash and a random nonce; the token itself is never stored.

token = HMAC-SHA256(link key, nonce): a thief of the database cannot make it without the key, and a message of
unknown fate can be repeated word for word. Look-up goes by the hash, so a new key breaks no unexpired link.
"""

from django.db import models

from customers.models import Customer


class PortalLink(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="portal_links")
    token_hash = models.BinaryField(max_length=32, unique=True)
    nonce = models.BinaryField(max_length=16)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    first_visited_at = models.DateTimeField(
        null=True, blank=True, help_text="When the page was first opened by it, by whomever or whatever."
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "personal link"

    def __str__(self) -> str:
        return f"link of customer {self.customer_id} until {self.expires_at:%Y-%m-%d}"
