"""How much time a customer is given at once who asks for it: one row for everybody, and more for segments."""

from django.db import models

from dunning.rules.help_terms import Terms

MOST = 366


class HelpPolicy(models.Model):
    segment = models.CharField(
        max_length=64, blank=True, unique=True, help_text="Of these customers; empty for all who have no row."
    )
    longest_promise_days = models.PositiveSmallIntegerField(
        "days until a promised payment", default=14, help_text="At most, granted at once. 0: never at once."
    )
    longest_extension_days = models.PositiveSmallIntegerField(
        "days of extension", default=10, help_text="At most, granted at once to who gives a reason. 0: never at once."
    )
    most_parts = models.PositiveSmallIntegerField(
        "parts", default=3, help_text="At most, granted at once, a month apart. 0: never at once."
    )
    smallest_part = models.DecimalField(
        max_digits=18, decimal_places=4, default=25, help_text="In whatever currency is owed: 25 euros, or 25 yen."
    )
    times_a_year = models.PositiveSmallIntegerField(
        default=3, help_text="How often in a year anything is granted at once."
    )
    person_after_broken = models.BooleanField(
        "a person decides after a broken promise",
        default=True,
        help_text="For 30 days. What reminders follow is said by campaigns that begin with a broken promise.",
    )
    patience_days = models.PositiveSmallIntegerField(
        default=7, help_text="A plan is broken when a part is not wholly paid so many days after its day."
    )
    answer_days = models.PositiveSmallIntegerField(
        default=2, help_text="Working days in which a person answers what is not granted at once."
    )
    proof_days = models.PositiveSmallIntegerField(
        default=5, help_text="Working days without reminders for who has already paid."
    )

    class Meta:
        verbose_name = "help policy"
        verbose_name_plural = "help policies"
        constraints = [
            models.CheckConstraint(
                name="help_policy_is_within_reason",
                condition=models.Q(
                    longest_promise_days__lte=MOST,
                    longest_extension_days__lte=MOST,
                    most_parts__lte=24,
                    smallest_part__gte=0,
                    patience_days__lte=90,
                    answer_days__range=(1, 20),
                    proof_days__range=(1, 20),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Help for {self.segment}" if self.segment else "Help for everybody else"

    @property
    def terms(self) -> Terms:
        """The row as the rules take it."""
        return Terms(
            longest_promise_days=self.longest_promise_days,
            longest_extension_days=self.longest_extension_days,
            most_parts=self.most_parts,
            smallest_part=self.smallest_part,
            times_a_year=self.times_a_year,
            person_after_broken=self.person_after_broken,
            patience_days=self.patience_days,
            answer_days=self.answer_days,
            proof_days=self.proof_days,
        )
