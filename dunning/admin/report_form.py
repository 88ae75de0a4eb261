"""What is asked of a report: the date it stands for, the period, the grouping and the filters."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from unfold.widgets import INPUT_CLASSES

from customers.admin.buttons import DateInput
from customers.rules.choices import choices
from customers.rules.contact import CHANNELS
from dunning.figures.question import Basis, Question
from dunning.figures.report import Report
from dunning.models import CampaignVersion

MONTHS = 24  # offered for a month-end pack
FORMATS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST = 1100  # days of a period
BASES = choices({Basis.BOOKS: "as the books stood then", Basis.VALUE: "by value date, as known today"})


class AskForm(forms.Form):
    """The fields that this report knows; empty filters mean everything."""

    as_of = forms.DateField(label="As of", widget=DateInput)
    first = forms.DateField(label="Period from", widget=DateInput)
    last = forms.DateField(label="to", widget=DateInput)
    by = forms.ChoiceField(label="Grouped by", required=False)
    currency = forms.CharField(label="Currency", max_length=3, required=False)
    segment = forms.CharField(label="Segment", max_length=64, required=False)
    country = forms.CharField(label="Country", max_length=2, required=False)
    version = forms.ChoiceField(label="Campaign version", required=False)
    cause = forms.CharField(label="Refusal", max_length=64, required=False)
    channel = forms.ChoiceField(label="Channel", required=False, choices=[("", "every channel"), *CHANNELS[1:]])
    basis = forms.ChoiceField(label="A past date", choices=BASES)

    def __init__(self, report: Report, usual: Question, told: Any, *, today: date) -> None:
        self.usual, self.today = usual, today
        usually = {"as_of": usual.as_of, "first": usual.first, "last": usual.last, "basis": usual.basis.value}
        given = {name: value for name, value in told.items() if value}
        super().__init__({**usually, **given})
        self.fields["by"].choices = list(report.groups.items())  # type: ignore[attr-defined]
        self.fields["version"].choices = [("", "every version"), *_versions(report)]  # type: ignore[attr-defined]
        unknown = {"currency", "segment", "country", "version", "cause", "channel"} - set(report.filters)
        unknown |= (set() if report.groups else {"by"}) | (set() if report.has_period else {"first", "last"})
        for name in unknown:
            del self.fields[name]
        for asked in self.fields.values():
            asked.widget.attrs["class"] = " ".join(INPUT_CLASSES)

    def clean_as_of(self) -> date:
        as_of: date = self.cleaned_data["as_of"]
        if as_of > self.today:
            raise forms.ValidationError(f"Nothing is known of {as_of} yet: choose {self.today} or an earlier day.")
        return as_of

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        first, last = told.get("first"), told.get("last")
        if isinstance(first, date) and isinstance(last, date) and not 0 <= (last - first).days <= LONGEST:
            self.add_error("last", f"Choose a day from {first} on, at most {LONGEST} days later.")
        for name in ("currency", "country"):
            if told.get(name):
                told[name] = told[name].upper()
        return told

    def question(self) -> Question:
        """What was asked."""
        told = self.cleaned_data
        return replace(self.usual, **{**told, "basis": Basis(told["basis"])})

    def query(self) -> str:
        """The same question in an address."""
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})


class MonthForm(forms.Form):
    """Which month's pack, and in which form."""

    month = forms.TypedChoiceField(label="Month", coerce=date.fromisoformat)
    kind = forms.ChoiceField(label="As", choices=[("pdf", "PDF"), ("xlsx", "spreadsheet (XLSX)")])

    def __init__(self, told: Any, *, last: date) -> None:
        super().__init__(told)
        self.fields["month"].choices = [(str(day), f"{day:%B %Y}") for day in _ends(last)]  # type: ignore[attr-defined]
        for asked in self.fields.values():
            asked.widget.attrs["class"] = " ".join(INPUT_CLASSES)


def _ends(last: date) -> Iterator[date]:
    """Last days of the months that are over on `last`, newest first."""
    day = last + timedelta(days=1)
    for _ in range(MONTHS):
        day = day.replace(day=1) - timedelta(days=1)
        yield day


def _versions(report: Report) -> list[tuple[str, str]]:
    if "version" not in report.filters:
        return []
    published = CampaignVersion.objects.filter(published_at__isnull=False).select_related("campaign")
    return [(str(version.pk), str(version)) for version in published.order_by("campaign__name", "-number")]
