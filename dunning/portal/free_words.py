"""Forms in which customers write freely.

A field in which a card number stands is refused and shown empty again: the number goes nowhere.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from dunning.rules.card_numbers import has_card_number

CARD_NUMBER = gettext_lazy(
    "This looks like the number of a card. We have not kept it. Please leave it out: nobody here needs it."
)


class FreeWordsForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        holding = [name for name in self.fields if has_card_number(str(self.data.get(name, "")))]
        if holding:
            self.data = {name: "" if name in holding else self.data.get(name) for name in self.fields}
        for name in holding:
            self.add_error(name, CARD_NUMBER)
        return cleaned
