"""What providers told of our messages, as it came."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.filters import choice_filter, since_midnight
from customers.rules.choices import choices
from dunning.models import DeliveryEvent
from dunning.rules.delivery_news import WORDS, NewsKind

COLOURS: dict[str, str | None] = {
    NewsKind.ACCEPTED: None,
    NewsKind.DEFERRED: "info",
    NewsKind.SOFT_BOUNCED: "warning",
    NewsKind.DELIVERED: "success",
    NewsKind.BOUNCED: "danger",
    NewsKind.COMPLAINED: "danger",
    NewsKind.OPENED: None,
    NewsKind.CLICKED: None,
    NewsKind.UNSUBSCRIBED: "warning",
    NewsKind.UNKNOWN: "warning",
}


@admin.register(DeliveryEvent)
class DeliveryEventAdmin(ReadOnlyAdmin):
    empty_says = (
        "No provider has told anything yet. It needs to know the webhook address of this desk: docs/operate.md."
    )
    list_display = ("happened_at", "what", "recipient", "detail", "provider", "state", "notice")
    list_select_related = ("notice",)
    list_filter = (
        choice_filter("kind", "kind", choices(WORDS)),
        choice_filter("state", "state", DeliveryEvent.State.choices),
        since_midnight("received_at"),
    )
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("recipient",)
    search_help_text = "The address from its start"
    linked_by = ("notice",)
    fields = (
        ("what", "state"),
        ("recipient", "channel"),
        ("said_kind", "detail"),
        ("happened_at", "received_at"),
        ("provider", "notice"),
        ("notice_key", "reference"),
        "said",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeliveryEvent]:
        events: QuerySet[DeliveryEvent] = super().get_queryset(request)
        return events.defer("body")  # only the page of one event shows it

    @badge("What", COLOURS)
    def what(self, event: DeliveryEvent) -> Badge:
        return Badge(event.kind, event.get_kind_display())

    @admin.display(description="As told")
    def said(self, event: DeliveryEvent) -> str:
        return bytes(event.body).decode("utf-8", "replace") or "-"
