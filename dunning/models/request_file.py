"""A file that a customer sent with a request of theirs: kept in the database, so that every machine has it and no web
server can ever hand it out. What they called it is not kept.
"""

from django.db import models

from dunning.models.customer_request import CustomerRequest
from dunning.rules.attachments import FILE_KINDS, MOST_BYTES, MOST_FILES


class RequestFile(models.Model):
    request = models.ForeignKey(CustomerRequest, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveSmallIntegerField(help_text="Within the request, from 1.")
    kind = models.CharField(max_length=4, choices=FILE_KINDS, help_text="By its content.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = "file of a request"
        verbose_name_plural = "files of requests"
        constraints = [
            models.UniqueConstraint(name="same_file_once_per_request", fields=["request", "sha256"]),
            models.UniqueConstraint(name="files_of_a_request_are_numbered", fields=["request", "number"]),
            models.CheckConstraint(
                name="request_has_few_files", condition=models.Q(number__gte=1, number__lte=MOST_FILES)
            ),
            models.CheckConstraint(
                name="request_file_is_not_too_large", condition=models.Q(size__gt=0, size__lte=MOST_BYTES)
            ),
        ]

    def __str__(self) -> str:
        return f"request-{self.request_id}-{self.number}.{self.kind}"
