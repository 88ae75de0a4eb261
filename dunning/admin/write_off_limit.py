"""How much one manager may give up alone, per currency and from a day on; the rows before stay as history."""

from django.contrib import admin

from customers.models import WriteOffLimit
from payments.admin.dated import BegunFilter, DatedAdmin


@admin.register(WriteOffLimit)
class WriteOffLimitAdmin(DatedAdmin):
    empty_says = "Without a row for its currency every write-off needs two managers."
    list_display = ("currency", "at_most", "source", "valid_from")
    list_filter = (BegunFilter,)
    ordering = ("currency", "-valid_from")
    sortable_by = ("valid_from",)
    search_fields = ("currency", "source")
    search_help_text = "A currency or who decided it, from its start"
    fields = (("currency", "at_most"), ("source", "valid_from"))
