"""What a message, a call or a card try costs: the desk's own rows."""

from django.contrib import admin

from customers.admin.filters import choice_filter
from dunning.models import CostRate
from dunning.models.cost_rate import KINDS
from payments.admin.dated import BegunFilter, DatedAdmin


@admin.register(CostRate)
class CostRateAdmin(DatedAdmin):
    list_display = ("__str__", "source", "valid_from")
    list_filter = (choice_filter("kind", "for", KINDS), BegunFilter)
    ordering = ("kind", "currency", "-valid_from")
    sortable_by = ("valid_from",)
    search_fields = ("currency", "source")
    search_help_text = "A currency or a source, from its start"
    fields = (("kind", "currency", "amount"), ("source", "valid_from"))
    empty_says = "Without rates the report on cost knows only how many messages and calls there were."
