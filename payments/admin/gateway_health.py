"""How the gateways are doing: whether one is left alone because it did not answer, and who tries again there."""

from django.contrib import admin

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from payments.gateways import owns_retries
from payments.models import GatewayHealth


@admin.register(GatewayHealth)
class GatewayHealthAdmin(ReadOnlyAdmin):
    empty_says = "A gateway shows up here when it was asked for the first time."
    list_display = ("gateway", "failures", "closed_until", "listed_until", "retries")
    ordering = ("gateway",)
    sortable_by = ()
    fields = ("gateway", ("failures", "closed_until"), "listed_until", "retries")
    readonly_fields = ("retries",)

    @badge("Who tries again", {"ours": "info", "theirs": "warning"})
    def retries(self, health: GatewayHealth) -> Badge:
        if owns_retries(health.gateway):
            return Badge("theirs", "the gateway; the desk charges nothing by itself")
        return Badge("ours", "the desk")
