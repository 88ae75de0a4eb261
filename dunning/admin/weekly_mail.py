"""The weekly mails to managers, as they were sent."""

from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin, badge
from customers.admin.filters import choice_filter
from dunning.admin.outgoing import COLOURS
from dunning.models import WeeklyMail

State = WeeklyMail.State


@admin.register(WeeklyMail)
class WeeklyMailAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "week_on", "stands", "finished_at")
    list_filter = (choice_filter("state", "state", State.choices),)
    list_select_related = ("person",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("address",)
    search_help_text = "An address, from its start"
    fields = (
        ("person", "week_on"),
        ("address", "subject"),
        "text",
        ("state", "reason"),
        ("due_at", "attempts"),
        ("finished_at", "provider_reference"),
    )
    empty_says = "Each Monday managers get the figures of the week by mail."

    @badge("State", COLOURS)
    def stands(self, mail: WeeklyMail) -> tuple[str, str]:
        return mail.state, mail.get_state_display()
