"""The hours of the day in which no card is charged, as boxes to tick."""

from typing import Any

from django import forms

from payments.rules.local_hours import DAYTIME


class ChargeHoursField(forms.TypedMultipleChoiceField):
    """Hours by day; at night nothing is charged anyway."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(hour, f"{hour}:00 to {hour + 1}:00") for hour in DAYTIME]
        boxes = forms.CheckboxSelectMultiple(attrs={"class": "desk-check"})
        super().__init__(choices=choices, coerce=int, empty_value=[], required=False, widget=boxes, **kwargs)

    def clean(self, value: Any) -> Any:
        hours = super().clean(value)
        if len(hours) == len(DAYTIME):
            raise forms.ValidationError("Leave one hour of the day at least in which cards are charged.")
        return hours
