"""Erasures: begun on the request that asks for one, read here: what went, what stayed and why."""

from django.contrib import admin
from django.utils.html import format_html_join

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.filters import choice_filter
from dunning.models import Erasure

COLOURS: dict[str, str | None] = {
    Erasure.State.TELLING: "info",
    Erasure.State.ERASED: "success",
    Erasure.State.STOPPED: "danger",
}


def lines(sentences: list[str]) -> str:
    return format_html_join("", "<div>{}</div>", ((sentence,) for sentence in sentences)) or "–"


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    empty_says = "A customer asks for it on their page, or you ask for them; a manager begins it on that request."
    list_display = ("customer_number", "status", "begun_at", "begun_by", "ended_at")
    list_select_related = ("customer", "begun_by")
    list_filter = (choice_filter("state", "state", Erasure.State.choices),)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number from its start"
    linked_by = ("customer",)
    fields = (
        ("customer", "request"),
        ("status", "told"),
        ("begun_at", "begun_by"),
        "ended_at",
        "what_went",
        "what_stayed",
        "reason",
    )

    @admin.display(description="Customer")
    def customer_number(self, erasure: Erasure) -> str:
        return erasure.customer.number

    @badge("State", COLOURS)
    def status(self, erasure: Erasure) -> Badge:
        return Badge(erasure.state, erasure.get_state_display())

    @admin.display(description="Erased")
    def what_went(self, erasure: Erasure) -> str:
        return lines(erasure.erased)

    @admin.display(description="Kept, and why")
    def what_stayed(self, erasure: Erasure) -> str:
        return lines(erasure.kept)
