"""Questions to reports that take long: how far they are, and what stopped them."""

from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin, badge
from customers.admin.filters import choice_filter
from dunning.models import ReportQuestion

State = ReportQuestion.State
COLOURS: dict[str, str | None] = {State.MADE: "success", State.MAKING: "info", State.STOPPED: "danger"}


@admin.register(ReportQuestion)
class ReportQuestionAdmin(ReadOnlyAdmin):
    list_display = ("report", "as_of", "stands", "asked_at", "made_at")
    list_filter = (choice_filter("state", "state", State.choices),)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("report",)
    search_help_text = "A report, from its start"
    fields = ("report", "as_of", "asked", "edition", "state", "asked_at", "begun_at", "made_at", "trouble")
    empty_says = "What a report's page cannot answer at once is worked out by the engine, and stands here for a day."

    @badge("State", COLOURS)
    def stands(self, one: ReportQuestion) -> tuple[str, str]:
        return one.state, one.get_state_display()
