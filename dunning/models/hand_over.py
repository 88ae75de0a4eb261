"""One hand-over to an agency: who got which cases when, and the file as it was made, once."""

from django.conf import settings
from django.db import models

from dunning.models.case import Case


class HandOver(models.Model):
    agency = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file = models.BinaryField(help_text="The ZIP that the agency gets.")
    sha256 = models.CharField(max_length=64, help_text="Of the file, to prove later which one it was.")

    class Meta:
        verbose_name = "hand-over"

    def __str__(self) -> str:
        return f"{self.agency}, {self.made_at:%-d %B %Y}"


class HandedCase(models.Model):
    """A case in a hand-over. A case is handed over once; taken back, the debt begins a case of its own."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="cases")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="handed")
    looked_at = models.DateTimeField(help_text="Money that came in later than this, nobody has told the agency of.")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.case.customer)
