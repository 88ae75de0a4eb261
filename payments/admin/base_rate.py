"""Central banks' rates, which interest for late payment goes by."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from customers.admin.base import Badge, badge
from customers.admin.filters import KnownFilter, choice_filter
from payments.admin.dated import BegunFilter, DatedAdmin, DatedForm
from payments.models import BaseRate
from payments.models.base_rate import BASE_RATES
from payments.queries.base_rates import to_confirm, with_later
from payments.rules.base_rates import half_year_of, is_to_be_confirmed


class BaseRateForm(DatedForm):
    """A rate is often published when its half-year has begun, so that one may be added from its first day on."""

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        earliest = half_year_of(timezone.localdate())
        if day < earliest:
            raise forms.ValidationError(f"Give {earliest} or a later day: what was in force before stays as it was.")
        return day


class StandsFilter(KnownFilter):
    """Rates that the bank may have changed since."""

    title = "stands"
    parameter_name = "stands"

    def known(self) -> list[tuple[str, str]]:
        return [("to_confirm", "to be confirmed")]

    def narrow(self, rows: Any, value: str) -> Any:
        return to_confirm(rows, timezone.localdate())


@admin.register(BaseRate)
class BaseRateAdmin(DatedAdmin):
    form = BaseRateForm
    list_display = ("name", "percent", "valid_from", "stands", "source")
    list_filter = (choice_filter("name", "bank", BASE_RATES), StandsFilter, BegunFilter)
    ordering = ("name", "-valid_from")
    sortable_by = ("valid_from",)
    search_fields = ("name", "source")
    search_help_text = "A bank or a source, from its start"
    fields = (("name", "percent"), ("source", "valid_from"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[BaseRate]:
        return with_later(super().get_queryset(request), timezone.localdate())

    @badge("Stands", {"in force": "success", "to be confirmed": "warning", "to come": "info"})
    def stands(self, rate: Any) -> Badge:
        today = timezone.localdate()
        if rate.valid_from > today:
            return Badge("to come", "to come")
        if rate.is_past:
            return Badge("past", "past")
        word = "to be confirmed" if is_to_be_confirmed(rate.valid_from, today) else "in force"
        return Badge(word, word)
