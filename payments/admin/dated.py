"""Screens of dated rows: a row that was in force yesterday is history, and another day's row takes over."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Model, Q
from django.http import HttpRequest
from django.utils import timezone

from customers.admin.base import DeskAdmin
from customers.admin.filters import condition_filter

TAKEN = "Such a row begins on that day already. Correct that one, or choose a later day."


class DatedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row of which another, with another first day, may exist."""

    class Meta:
        error_messages = {NON_FIELD_ERRORS: {"unique_together": TAKEN}}

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if day < timezone.localdate():
            raise forms.ValidationError("Give today or a later day: what was in force before stays as it was.")
        return day


BegunFilter = condition_filter(
    "begins",
    "begins",
    {
        "begun": ("has begun", lambda: Q(valid_from__lte=timezone.localdate())),
        "coming": ("still to come", lambda: Q(valid_from__gt=timezone.localdate())),
    },
)


class DatedAdmin(DeskAdmin):
    """Rows are added; one that begins today or later may still be corrected, and the log keeps both values."""

    form = DatedForm

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"valid_from": timezone.localdate(), **given}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        still_open = obj is None or obj.valid_from >= timezone.localdate()
        return still_open and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """What Django's history shows of a correction: the old and the new values."""
        if add:
            return super().construct_change_message(request, form, formsets, add)
        told = (f"{name}: {form.initial.get(name)} → {form.cleaned_data[name]}" for name in form.changed_data)
        return "; ".join(told) or "No fields changed."
