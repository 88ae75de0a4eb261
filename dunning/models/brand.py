"""How customers see us: logo, colours, name and footer of the page, of mails and of letters. One row for the desk."""

from django.conf import settings
from django.db import models

from dunning.rules.brand import ACCENT, PAGE


class Brand(models.Model):
    accent = models.CharField("colour", max_length=7, default=ACCENT, help_text="Buttons and links, such as #17605a.")
    page = models.CharField("background", max_length=7, default=PAGE, help_text="Behind the customer's page.")
    sender_name = models.CharField(
        max_length=100, blank=True, help_text="Who writes, as customers read it. Empty: COMPANY_NAME."
    )
    footer = models.TextField(
        max_length=500, blank=True, help_text="Address, register, contact. Empty: COMPANY_ADDRESS."
    )
    logo = models.BinaryField(default=b"", help_text="PNG, drawn anew from what was uploaded.")
    logo_width = models.PositiveSmallIntegerField(default=0, help_text="Pixels.")
    logo_height = models.PositiveSmallIntegerField(default=0, help_text="Pixels.")
    edition = models.CharField(max_length=16, help_text="Changes with every change, so that browsers fetch it anew.")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "brand"
        constraints = [
            models.CheckConstraint(name="one_brand", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="brand_colours_are_hexadecimal",
                condition=models.Q(accent__regex=r"^#[0-9a-f]{6}$", page__regex=r"^#[0-9a-f]{6}$"),
            ),
        ]

    def __str__(self) -> str:
        return "How customers see us"
