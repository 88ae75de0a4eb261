"""What a code of a refusal means, from which day on. A row that has begun is never changed: a later one takes over."""

from django.db import models

from payments.rules.declines import LAYER_WORDS, Auto, Cause, Layer, Meaning

AUTO_WORDS = {Auto.YES: "yes", Auto.ONCE: "once more", Auto.AFTER: "after the customer acted", Auto.NO: "no"}
CAUSES = [(cause.value, cause.value.replace("_", " ")) for cause in Cause]
LAYERS = [(layer.value, LAYER_WORDS[layer]) for layer in Layer]


class DeclineRule(models.Model):
    layer = models.CharField(max_length=16, choices=LAYERS, help_text="Who speaks.")
    code = models.CharField(max_length=64, help_text="As it is sent; * stands for every code of this layer not listed.")
    meaning = models.CharField(
        max_length=16, choices=[(meaning.value, meaning.value.replace("_", " ")) for meaning in Meaning]
    )
    auto = models.CharField(
        "tried again unattended", max_length=8, choices=[(auto.value, words) for auto, words in AUTO_WORDS.items()]
    )
    cause = models.CharField(
        "schedule", max_length=16, blank=True, choices=CAUSES, help_text="Which schedule further tries follow."
    )
    is_masked = models.BooleanField(
        "sensitive", default=False, help_text="The customer reads the same as after any other refusal."
    )
    this_payment_only = models.BooleanField(default=False, help_text="Says nothing about other payments of the card.")
    is_death = models.BooleanField(
        "payer has died", default=False, help_text="All contact rests until a person has looked."
    )
    first_move = models.CharField(max_length=200, help_text="What to do first, in a sentence.")
    wait_hours = models.PositiveSmallIntegerField(
        default=0, help_text="No try before, where the network prescribes it."
    )
    countries = models.CharField(
        max_length=200, blank=True, help_text="Only for payers there, as AT BE DE; empty for everywhere."
    )
    source = models.CharField(max_length=200, help_text="The public document that says so, or who decided it.")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="The last day; empty for until a later row.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_decline_rule_per_code_and_day", fields=["layer", "code", "countries", "valid_from"]
            ),
            models.CheckConstraint(name="decline_rule_has_a_source", condition=~models.Q(source="")),
            models.CheckConstraint(
                name="decline_rule_ends_after_it_began",
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_layer_display()} {self.code}"
