"""What of a gateway's books was not taken in, or needs a person there. It goes once it is mended and read again."""

from django.contrib import admin

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.filters import choice_filter
from payments.models import SyncFinding


@admin.register(SyncFinding)
class SyncFindingAdmin(ReadOnlyAdmin):
    empty_says = "Nothing needs a person: what gateways keep could be taken in."
    list_display = ("external_id", "fate", "complaint", "found_at")
    list_filter = (choice_filter("is_refused", "fate", [(True, "not taken in"), (False, "needs a look")]),)
    ordering = ("-is_refused", "-pk")
    sortable_by = ()
    search_fields = ("external_id",)
    search_help_text = "The gateway's own id"
    fields = (("gateway", "external_id", "kind"), "fate", ("field", "value"), "problem", "remedy", "found_at")
    readonly_fields = ("fate",)

    @admin.display(description="What to do")
    def complaint(self, finding: SyncFinding) -> str:
        about = f"{finding.field.replace('_', ' ').capitalize()} “{finding.value}” " if finding.field else "It "
        return f"{about}{finding.problem}. {finding.remedy}"

    @badge("Fate", {"refused": "danger", "taken": "warning"})
    def fate(self, finding: SyncFinding) -> Badge:
        return Badge("refused", "not taken in") if finding.is_refused else Badge("taken", "needs a look")
