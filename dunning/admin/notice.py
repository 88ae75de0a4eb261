"""Notices: every message to a customer, as it was sent, with what is surely known of its fate."""

from django.contrib import admin

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press
from customers.admin.filters import since_midnight
from customers.wording import brief_moment_there
from dunning.admin.filters import NoticeStateFilter
from dunning.models import Notice
from dunning.operations import doubts

COLOURS: dict[str, str | None] = {
    Notice.State.QUEUED: "info",
    Notice.State.LEASED: "info",
    Notice.State.CALLING: "info",
    Notice.State.SENT: "success",
    Notice.State.REFUSED: "danger",
    Notice.State.IN_DOUBT: "warning",
    Notice.State.WITHDRAWN: None,
}


def settle_as_sent(notice: Notice, press: Press) -> str:
    doubts.settle_as_sent(notice, now=press.now, by=press.by)
    return "The notice counts as sent."


def send_again(notice: Notice, press: Press) -> str:
    doubts.send_again(notice, now=press.now, by=press.by)
    return "The notice is queued again: it is written anew and leaves as soon as the customer's day allows."


BUTTONS = (
    Button(
        name="settle_as_sent",
        label="It arrived",
        says="Ends the doubt: the letter counts as sent. Press it when the customer or the provider confirms it.",
        permission="dunning.change_case",
        act=settle_as_sent,
        offered=lambda notice: notice.state == Notice.State.IN_DOUBT,
        refusals=(doubts.DoubtRefusal,),
    ),
    Button(
        name="send_again",
        label="Send again",
        says="Writes the letter anew and sends it. If the first one did arrive after all, the customer gets two.",
        permission="dunning.change_case",
        act=send_again,
        offered=lambda notice: notice.state in (Notice.State.IN_DOUBT, Notice.State.REFUSED),
        refusals=(doubts.DoubtRefusal,),
    ),
)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    empty_says = "Every letter is listed here, from the moment it is decided on."
    list_display = ("queued_at", "customer", "step", "fate", "subject", "address", "when")
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
    buttons = BUTTONS

    @admin.display(description="Sent or planned (there)")
    def when(self, notice: Notice) -> str:
        at = notice.due_at if notice.state == Notice.State.QUEUED else notice.finished_at
        return brief_moment_there(at, notice.customer.time_zone) if at else "–"

    @badge("State", COLOURS)
    def fate(self, notice: Notice) -> Badge:
        return Badge(notice.state, notice.get_state_display())
