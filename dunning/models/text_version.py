"""Every wording a text of the library ever had, with who wrote it and when. Rows are only added."""

from django.conf import settings
from django.db import models

from dunning.models.template import Template


class TextVersion(models.Model):
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(name="versions_of_a_text", fields=["template", "language", "-id"])]

    def __str__(self) -> str:
        return f"{self.template} ({self.language}), {self.written_at:%Y-%m-%d %H:%M}"
