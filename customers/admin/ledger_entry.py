"""The book: every movement of every balance, to read only."""

from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest

from customers.admin.base import ReadOnlyAdmin, ReadOnlyInline
from customers.admin.filters import choice_filter
from customers.models import LedgerEntry
from customers.wording import money

SOURCES = [("import", "import"), ("gateway", "gateway"), ("desk", "desk")]


class EntryInline(ReadOnlyInline):
    model = LedgerEntry
    verbose_name_plural = "what moved the balance"
    fields = ("occurred_on", "kind", "moved", "source", "reference", "note", "recorded_at")
    readonly_fields = ("moved",)
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(currency=F("invoice__currency"))

    @admin.display(description="Amount")
    def moved(self, entry: Any) -> str:
        return money(entry.amount, entry.currency)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    empty_says = "Every invoice, payment and correction leaves a line here."
    list_display = ("occurred_on", "invoice", "kind", "moved", "source", "reference", "note")
    list_select_related = ("invoice",)
    list_filter = (
        choice_filter("kind", "kind", LedgerEntry.Kind.choices),
        choice_filter("source", "source", SOURCES),
    )
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "invoice__customer"
    search_help_text = "Invoice number, customer number or e-mail from its start, or words of the name"
    linked_by = ("invoice",)
    totals = (("moved", "amount"),)
    fields = (("invoice", "kind"), ("moved", "occurred_on"), ("source", "reference"), "note", "recorded_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(currency=F("invoice__currency"))

    @admin.display(description="Amount")
    def moved(self, entry: Any) -> str:
        return money(entry.amount, entry.currency)
