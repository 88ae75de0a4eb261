"""What a person said about files with these headers, so that nobody has to say it again."""

from django.db import models


class ImportMapping(models.Model):
    fingerprint = models.CharField(max_length=64, unique=True, help_text="Made from the headers.")
    headers = models.JSONField()
    columns = models.JSONField(default=dict)
    constants = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return ", ".join(self.headers)
