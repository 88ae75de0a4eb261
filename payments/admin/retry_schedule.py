"""When a refused payment is tried again, by cause."""

from django import forms
from django.contrib import admin

from customers.admin.filters import choice_filter
from payments.admin.dated import BegunFilter, DatedAdmin, DatedForm
from payments.models import RetrySchedule
from payments.models.decline_rule import CAUSES
from payments.rules.pauses import unreadable


class RetryScheduleForm(DatedForm):
    def clean_pauses(self) -> str:
        pauses: str = " ".join(self.cleaned_data["pauses"].split())
        if wrong := unreadable(pauses):
            raise forms.ValidationError(f"“{wrong[0]}” is no pause: write 10min, 6h, 3d, payday or month_start.")
        return pauses


@admin.register(RetrySchedule)
class RetryScheduleAdmin(DatedAdmin):
    form = RetryScheduleForm
    list_display = ("cause", "pauses", "within_days", "notice_days", "source", "valid_from")
    list_filter = (choice_filter("cause", "cause", CAUSES), BegunFilter)
    ordering = ("cause", "-valid_from")
    sortable_by = ("valid_from",)
    search_fields = ("cause", "source")
    search_help_text = "A cause or a source, from its start"
    fields = (("cause", "pauses"), ("within_days", "notice_days"), ("source", "valid_from"))
