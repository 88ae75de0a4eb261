"""What was learnt in one night about when invoices are paid, how good it is, and what it expects; never changed."""

from django.db import models

from dunning.models.case import Case


class Prediction(models.Model):
    made_on = models.DateField(unique=True, help_text="What was booked by the end of this day is known.")
    made_at = models.DateTimeField()
    is_learnt = models.BooleanField(help_text="No: it goes by rules, as there was too little to learn from.")
    says = models.CharField(max_length=300, help_text="Why it was learnt, or not.")
    payments_seen = models.PositiveIntegerField(default=0)
    coefficients = models.JSONField(default=dict, help_text="Log odds by feature.")
    letters = models.JSONField(default=list, help_text="Letters that have usually left by each period.")
    typical = models.JSONField(default=dict, help_text="The median amount by currency.")
    calibration = models.JSONField(default=list, help_text="Chances foretold on past days, and what came.")
    past = models.JSONField(default=list, help_text="Months foretold by what was known before, and what came.")
    expected = models.JSONField(default=dict, help_text="By currency: expected within 1, 2 … 90 days.")

    def __str__(self) -> str:
        return f"Prediction of {self.made_on}"


class CaseOutlook(models.Model):
    """When the oldest open invoice of a running case is paid, made anew each night."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="outlook")
    made_on = models.DateField()
    chance = models.PositiveSmallIntegerField(help_text="Percent: paid within 30 days.")
    likely_on = models.DateField(null=True, blank=True, help_text="Empty: not within half a year.")
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(name="case_outlook_chance", fields=["chance"])]

    def __str__(self) -> str:
        return f"{self.chance} % within 30 days"
