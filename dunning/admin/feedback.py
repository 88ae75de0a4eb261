"""What customers think of our letters: read here, by step and text; what was low has a task."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.filters import choice_filter
from dunning.models import Feedback
from dunning.queries.opinions import answers
from dunning.rules.feedback import WHY_LATE, is_low

YES_OR_NO = [("True", "yes"), ("False", "no")]


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin):
    empty_says = "Customers are asked once per case: at the end of a mail, after paying or asking for something."
    list_display = ("given_at", "customer", "step", "language", "score", "why_late", "said")
    list_select_related = ("customer", "step")
    list_filter = (
        choice_filter("is_clear", "clear", YES_OR_NO),
        choice_filter("is_kind", "kind", YES_OR_NO),
        choice_filter("why_late", "why late", WHY_LATE),
    )
    list_before_template = "desk/feedback_top.html"
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer", "step")
    fields = (
        ("customer", "case"),
        ("notice", "step"),
        ("language", "given_at"),
        ("is_clear", "is_kind"),
        "why_late",
        "words",
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        counted = answers(now=timezone.now())
        return super().changelist_view(request, {**(extra_context or {}), "answers": counted})

    @badge("Score", {"low": "danger", "fine": "success", "none": None})
    def score(self, given: Feedback) -> Badge:
        if is_low(is_clear=given.is_clear, is_kind=given.is_kind):
            return Badge("low", "unclear or unkind")
        is_rated = given.is_clear is not None or given.is_kind is not None
        return Badge("fine", "clear and kind") if is_rated else Badge("none", "not rated")

    @admin.display(description="Words")
    def said(self, given: Feedback) -> str:
        return given.words[:80] or "–"
