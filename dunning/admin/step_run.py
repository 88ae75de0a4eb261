"""The ledger of steps: what became of each step in each case, and why."""

from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin, badge
from customers.admin.filters import since_midnight
from dunning.admin.filters import OutcomeFilter
from dunning.models import StepRun


@admin.register(StepRun)
class StepRunAdmin(ReadOnlyAdmin):
    empty_says = "What became of each step of a campaign is listed here, skips and delays too, each with its reason."
    list_display = ("decided_at", "customer", "step", "result", "reason")
    list_select_related = ("case__customer", "step")
    list_filter = (OutcomeFilter, since_midnight("decided_at"))
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "case__customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("case",)
    fields = ("case", ("step", "result"), "reason", "decided_at")

    @admin.display(description="Customer")
    def customer(self, run: StepRun) -> str:
        return str(run.case.customer)

    @badge("Outcome", {"done": "success", "skipped": "warning", "delayed": "info"})
    def result(self, run: StepRun) -> str:
        return run.outcome
