"""Invoices that stand in a gateway's books too: how they stand there, and which the gateway is still to be told of."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.filters import choice_filter, condition_filter
from customers.wording import money
from payments.models import GatewayInvoice

COLOURS: dict[str, str | None] = {
    GatewayInvoice.State.OPEN: "info",
    GatewayInvoice.State.PAID: "success",
    GatewayInvoice.State.VOID: None,
    GatewayInvoice.State.UNCOLLECTIBLE: "warning",
}


# Those of which the gateway does not know yet what was paid here.
TellingFilter = condition_filter(
    "tell", "to be told", {"now": ("waiting to be told", lambda: Q(look_at__lte=timezone.now()))}
)


@admin.register(GatewayInvoice)
class GatewayInvoiceAdmin(ReadOnlyAdmin):
    empty_says = "Invoices that a gateway keeps too, such as Stripe Billing, are listed here with what stands there."
    list_display = ("invoice", "open_here", "there", "tries_again", "told", "gateway", "external_id")
    list_select_related = ("invoice",)
    list_filter = (TellingFilter, choice_filter("state", "state", GatewayInvoice.State.choices))
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("external_id",)
    search_help_text = "The gateway's own id"
    fields = (
        ("invoice", "open_here"),
        ("gateway", "external_id"),
        ("there", "seen_at"),
        ("collects", "retries_at"),
        ("is_held", "look_at"),
        ("references", "outside"),
    )
    readonly_fields = ("open_here", "there")

    @admin.display(description="The gateway tries again")
    def tries_again(self, row: GatewayInvoice) -> Any:
        return row.retries_at or "–"

    @admin.display(description="To be told what was paid here")
    def told(self, row: GatewayInvoice) -> Any:
        return row.look_at or "–"

    @admin.display(description="Open here")
    def open_here(self, row: GatewayInvoice) -> str:
        return money(row.invoice.balance, row.invoice.currency)

    @badge("There", COLOURS)
    def there(self, row: GatewayInvoice) -> Badge:
        return Badge(row.state, row.get_state_display())
