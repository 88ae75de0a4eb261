"""What the service was told about customers, with the log of every delivery."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press
from dunning.admin.filters import OutgoingKindFilter, OutgoingStateFilter
from dunning.models import OutgoingEvent
from dunning.operations import service


def try_again(event: OutgoingEvent, press: Press) -> str:
    service.try_again(event, now=press.now, by=press.by)
    return "It is delivered again, under the same id."


@admin.register(OutgoingEvent)
class OutgoingEventAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "who", "kind", "status", "attempts", "newest_answer")
    list_select_related = ("customer",)
    list_filter = (OutgoingStateFilter, OutgoingKindFilter)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer", "case")
    fields = (
        ("customer", "case"),
        ("kind", "status"),
        "event_id",
        "payload",
        ("created_at", "ended_at"),
        ("attempts", "next_try"),
        "log",
    )
    readonly_fields = ("status", "next_try", "log")
    buttons = (
        Button(
            name="try_again",
            label="Try again",
            says="Delivers the event again under the same id, for another day.",
            permission="dunning.change_outgoingevent",
            act=try_again,
            offered=lambda event: event.state == OutgoingEvent.State.FAILED,
            refusals=(service.ServiceRefusal,),
            is_main=True,
        ),
    )

    @admin.display(description="Customer")
    def who(self, event: OutgoingEvent) -> str:
        return str(event.customer)

    @badge("State", {"queued": "info", "delivered": "success", "failed": "danger", "withdrawn": None})
    def status(self, event: OutgoingEvent) -> Badge:
        return Badge(event.state, event.get_state_display())

    @admin.display(description="Newest answer")
    def newest_answer(self, event: OutgoingEvent) -> str:
        return _words(event.answers[-1]) if event.answers else "-"

    @admin.display(description="Next try at")
    def next_try(self, event: OutgoingEvent) -> str:
        is_queued = event.state == OutgoingEvent.State.QUEUED
        return date_format(timezone.localtime(event.next_try_at), "DATETIME_FORMAT") if is_queued else "–"

    @admin.display(description="Delivery log")
    def log(self, event: OutgoingEvent) -> str:
        lines = format_html_join("", "<li>{}: {}</li>", ((_moment(line["at"]), _words(line)) for line in event.answers))
        return format_html('<ol class="desk-plain">{}</ol>', lines) if event.answers else "no delivery was tried yet"


def _moment(stored: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(stored)), "DATETIME_FORMAT")


def _words(answer: dict[str, Any]) -> str:
    return f"{answer['status'] or 'no answer'} {answer['text'][:120]}".strip()
