"""The history of all cases besides their steps, to read only."""

from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin
from customers.admin.filters import since_midnight
from dunning.admin.filters import EventKindFilter
from dunning.models import CaseEvent


@admin.register(CaseEvent)
class CaseEventAdmin(ReadOnlyAdmin):
    empty_says = "What happens to cases is written down here: opened, paused, moved, closed, by whom and why."
    list_display = ("happened_at", "customer", "kind", "text", "actor")
    list_select_related = ("case__customer", "actor")
    list_filter = (EventKindFilter, since_midnight("happened_at"))
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "case__customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("case",)
    fields = ("case", ("kind", "happened_at"), "text", "actor")

    @admin.display(description="Customer")
    def customer(self, event: CaseEvent) -> str:
        return str(event.case.customer)
