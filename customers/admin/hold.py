"""Holds: who or what is left alone, why, and until when."""

from datetime import date

from django.contrib import admin
from django.utils import timezone

from customers.admin.base import ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press
from customers.admin.filters import InForceFilter, choice_filter
from customers.models import Hold
from customers.operations import holds
from customers.rules.holds import HOLD_KINDS


def release(hold: Hold, press: Press) -> str:
    was_in_force = holds.release(hold, now=press.now)
    return "The hold is released." if was_in_force else "That hold had been released before."


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    empty_says = "Nothing is on hold. A hold is placed on the page of a customer, of an invoice or of a case."
    list_display = (
        "customer",
        "invoice",
        "kind",
        "what_rests",
        "reason",
        "until_on",
        "state",
        "placed_by",
        "placed_at",
    )
    list_select_related = ("customer", "invoice", "placed_by")
    list_filter = (InForceFilter, choice_filter("kind", "kind", HOLD_KINDS))
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer", "invoice")
    fields = (
        ("customer", "invoice"),
        ("kind", "reason"),
        ("what_rests", "resumes_on"),
        ("until_on", "state"),
        ("placed_by", "placed_at"),
        "released_at",
    )
    buttons = (
        Button(
            name="release",
            label="Release",
            says="Reminders may go out again from the next look on.",
            permission="customers.change_hold",
            act=release,
            offered=lambda hold: hold.released_at is None,
        ),
    )

    @admin.display(description="What rests")
    def what_rests(self, hold: Hold) -> str:
        return f"{hold.blocks}, for {hold.disputed_amount:f} of it" if hold.disputed_amount else str(hold.blocks)

    @admin.display(description="Resumes on")
    def resumes_on(self, hold: Hold) -> date | None:
        return hold.resumes_on

    @badge("State", {"in force": "warning", "released": "success", "over": None})
    def state(self, hold: Hold) -> str:
        if hold.released_at:
            return "released"
        return "over" if hold.until_on and hold.until_on < timezone.localdate() else "in force"
