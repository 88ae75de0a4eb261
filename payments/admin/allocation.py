"""Which payment settled which invoice."""

from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin
from customers.wording import money
from payments.models import Allocation


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = ("payment", "invoice", "part")
    list_select_related = ("payment", "invoice")
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "payment__customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("payment", "invoice")
    fields = ("payment", "invoice", "part")

    @admin.display(description="Amount")
    def part(self, allocation: Allocation) -> str:
        return money(allocation.amount, allocation.invoice.currency)
