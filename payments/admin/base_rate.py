"""Central banks' rates, which interest for late payment goes by."""

from django.contrib import admin

from customers.admin.filters import choice_filter
from payments.admin.dated import BegunFilter, DatedAdmin
from payments.models import BaseRate
from payments.models.base_rate import BASE_RATES


@admin.register(BaseRate)
class BaseRateAdmin(DatedAdmin):
    list_display = ("name", "percent", "valid_from", "source")
    list_filter = (choice_filter("name", "bank", BASE_RATES), BegunFilter)
    ordering = ("name", "-valid_from")
    sortable_by = ("valid_from",)
    search_fields = ("name", "source")
    search_help_text = "A bank or a source, from its start"
    fields = (("name", "percent"), ("source", "valid_from"))
