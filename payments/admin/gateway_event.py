"""Events of gateways, as they came: what each was about, and whether it has been looked up."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.filters import choice_filter, condition_filter, since_midnight
from payments.models import GatewayEvent
from payments.queries.gateway_news import events_late

COLOURS: dict[str, str | None] = {
    GatewayEvent.State.WAITING: "info",
    GatewayEvent.State.APPLIED: "success",
    GatewayEvent.State.NOT_OURS: None,
}


# Events that the gateway has not explained for long.
LateFilter = condition_filter(
    "late",
    "waiting",
    {"yes": ("for more than an hour", lambda: Q(pk__in=events_late(timezone.now()).values("pk")))},
)


@admin.register(GatewayEvent)
class GatewayEventAdmin(ReadOnlyAdmin):
    empty_says = "No gateway has told anything yet. Most need to know the webhook address of this desk."
    list_display = ("received_at", "kind", "gateway", "fate", "key", "event_id")
    list_filter = (
        LateFilter,
        choice_filter("state", "state", GatewayEvent.State.choices),
        since_midnight("received_at"),
    )
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("key", "event_id")
    search_help_text = "Our key of the charge, or the gateway's id of the event"
    fields = (
        ("kind", "gateway"),
        ("fate", "key"),
        "event_id",
        ("happened_at", "received_at"),
        ("looks", "look_at"),
        "said",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[GatewayEvent]:
        events: QuerySet[GatewayEvent] = super().get_queryset(request)
        return events.defer("body")  # only the page of one event shows it

    @badge("State", COLOURS)
    def fate(self, event: GatewayEvent) -> Badge:
        return Badge(event.state, event.get_state_display())

    @admin.display(description="As delivered")
    def said(self, event: GatewayEvent) -> str:
        return bytes(event.body).decode("utf-8", "replace") or "-"
