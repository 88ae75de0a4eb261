"""How much time customers are given at once: a row for everybody, and one for each segment that differs."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from customers.admin.base import DeskAdmin
from dunning.models import HelpPolicy


@admin.register(HelpPolicy)
class HelpPolicyAdmin(DeskAdmin):
    empty_says = "Without a row a person decides on every request for time."
    list_display = (
        "__str__",
        "longest_promise_days",
        "longest_extension_days",
        "most_parts",
        "smallest_part",
        "times_a_year",
        "person_after_broken",
    )
    ordering = ("segment",)
    sortable_by = ()
    search_fields = ("segment",)
    search_help_text = "A segment, from its start"
    fields = (
        "segment",
        ("longest_promise_days", "longest_extension_days"),
        ("most_parts", "smallest_part"),
        ("times_a_year", "person_after_broken"),
        ("patience_days", "answer_days"),
        "proof_days",
    )

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """What Django's history shows of a change: the old and the new values."""
        if add:
            return super().construct_change_message(request, form, formsets, add)
        told = (f"{name}: {form.initial.get(name)} → {form.cleaned_data[name]}" for name in form.changed_data)
        return "; ".join(told) or "No fields changed."
