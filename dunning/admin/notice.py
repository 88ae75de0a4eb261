"""Notices: every message to a customer, as it was sent, with what is surely known of its fate."""

from django.contrib import admin

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.filters import since_midnight
from dunning.admin.filters import NoticeStateFilter
from dunning.models import Notice

COLOURS: dict[str, str | None] = {
    Notice.State.QUEUED: "info",
    Notice.State.LEASED: "info",
    Notice.State.CALLING: "info",
    Notice.State.SENT: "success",
    Notice.State.REFUSED: "danger",
    Notice.State.IN_DOUBT: "warning",
    Notice.State.WITHDRAWN: None,
}


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("queued_at", "customer", "step", "fate", "subject", "address", "finished_at")
    list_select_related = ("customer", "step")
    list_filter = (NoticeStateFilter, since_midnight("finished_at"), since_midnight("queued_at"))
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer", "case")
    fields = (
        ("customer", "case"),
        ("step", "fate"),
        ("address", "language"),
        "subject",
        "body",
        "reason",
        ("queued_at", "due_at"),
        ("calling_at", "finished_at"),
        ("channel", "attempts"),
        ("message_id", "provider_reference"),
    )

    @badge("State", COLOURS)
    def fate(self, notice: Notice) -> Badge:
        return Badge(notice.state, notice.get_state_display())
