"""The question that a rehearsal answers."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import INPUT_CLASSES

from customers.admin.buttons import DateInput
from customers.rules.choices import choices
from dunning.models import CampaignVersion
from dunning.models.rehearsal import CHARGES
from dunning.rehearsal.run import MOST_DAYS, Question
from dunning.rules.consequences import Charges

MONTH = 30


class AskForm(forms.Form):
    """Which days, by which strategy, and what is assumed of charges."""

    first_on = forms.DateField(label="First day", widget=DateInput, initial=timezone.localdate)
    days = forms.IntegerField(label="Days", min_value=1, max_value=MOST_DAYS, initial=MONTH)
    version = forms.ModelChoiceField(
        label="Strategy",
        queryset=CampaignVersion.objects.none(),
        required=False,
        empty_label="today's strategy",
        help_text="Another version, or a draft, is tried as if it were published now, beside today's strategy.",
    )
    moves_cases = forms.BooleanField(
        label="As if the running cases of this campaign were moved to it",
        required=False,
        help_text="Without this they keep the version they follow, as they would when it is published.",
    )
    charges = forms.ChoiceField(label="Assume that charges", choices=choices(CHARGES), initial=Charges.FAIL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = CampaignVersion.objects.select_related("campaign").order_by("campaign__name", "-number")
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]
        for name, asked in self.fields.items():
            if name != "moves_cases":
                asked.widget.attrs["class"] = " ".join(INPUT_CLASSES)

    def question(self) -> Question:
        """What was asked."""
        told = self.cleaned_data
        return Question(
            first_on=told["first_on"],
            last_on=told["first_on"] + timedelta(days=told["days"] - 1),
            version=told["version"],
            moves_cases=told["moves_cases"],
            charges=Charges(told["charges"]),
        )
