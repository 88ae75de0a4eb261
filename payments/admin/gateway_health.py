"""How the gateways are doing: whether one is left alone because it did not answer."""

from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin
from payments.models import GatewayHealth


@admin.register(GatewayHealth)
class GatewayHealthAdmin(ReadOnlyAdmin):
    empty_says = "A gateway shows up here when it was asked for the first time."
    list_display = ("gateway", "failures", "closed_until", "listed_until")
    ordering = ("gateway",)
    sortable_by = ()
    fields = ("gateway", ("failures", "closed_until"), "listed_until")
