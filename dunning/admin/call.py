"""Calls that people made, to read; they are recorded on the case."""

from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin
from customers.admin.filters import since_midnight
from dunning.models import Call


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    list_display = ("called_at", "customer", "is_talk", "note", "called_by")
    list_select_related = ("customer", "called_by")
    list_filter = (since_midnight("called_at"),)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    fields = ("customer", ("called_at", "is_talk"), ("note", "called_by"))
