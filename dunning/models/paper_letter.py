"""A letter on paper, exactly as it is printed. The database lets nobody change it or print it in a second run.

The file holds the customer's personal link, as the customer holds it too: it is an archive, and read only with care.
"""

from django.db import models

from dunning.models.print_run import PrintRun


class PaperLetter(models.Model):
    key = models.CharField(max_length=200, unique=True, help_text="The notice's message_id.")
    recipient = models.CharField(max_length=200)
    address = models.TextField(help_text="The lines in the window.")
    subject = models.CharField(max_length=300)
    language = models.CharField(max_length=8)
    customer_number = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=2, blank=True)
    enclosure = models.CharField(max_length=200, blank=True)
    pages = models.PositiveSmallIntegerField()
    pdf = models.BinaryField()
    sha256 = models.CharField("SHA-256", max_length=64)
    run = models.ForeignKey(PrintRun, on_delete=models.PROTECT, null=True, blank=True, related_name="printed")
    place = models.PositiveIntegerField(null=True, blank=True, help_text="Its number in the run.")

    class Meta:
        indexes = [models.Index(name="letter_to_print", fields=["id"], condition=models.Q(run=None))]
        constraints = [
            models.UniqueConstraint(name="one_letter_per_place_in_a_run", fields=["run", "place"]),
            models.CheckConstraint(
                name="printed_letter_has_a_place",
                condition=models.Q(run=None, place=None) | models.Q(run__isnull=False, place__isnull=False),
            ),
        ]

    @property
    def address_line(self) -> str:
        return ", ".join(self.address.splitlines())

    def __str__(self) -> str:
        return f"Letter {self.pk} to {self.recipient}"
