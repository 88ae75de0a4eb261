"""Codes of refusals that no rule knows yet. Adding a rule answers one, which takes it off this list."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from customers.admin.base import ReadOnlyAdmin
from customers.admin.filters import choice_filter
from payments.models import UnknownCode
from payments.models.decline_rule import LAYERS
from payments.queries.declines import unanswered_codes


@admin.register(UnknownCode)
class UnknownCodeAdmin(ReadOnlyAdmin):
    empty_says = "Every code of a refusal so far has a rule. There is nothing to do."
    list_display = ("code", "layer", "gateway", "count", "first_seen", "last_seen", "answer")
    list_filter = (choice_filter("layer", "layer", LAYERS),)
    ordering = ("-last_seen", "-pk")
    sortable_by = ()
    search_fields = ("code",)
    search_help_text = "A code, from its start"
    fields = (("layer", "code"), ("gateway", "count"), ("first_seen", "last_seen"), "answer")
    readonly_fields = ("answer",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return unanswered_codes()

    @admin.display(description="Say what it means")
    def answer(self, unknown: UnknownCode) -> str:
        page = reverse("admin:payments_declinerule_add")
        known = urlencode({"layer": unknown.layer, "code": unknown.code})
        return format_html('<a class="desk-link" href="{}?{}">Add a rule</a>', page, known)
