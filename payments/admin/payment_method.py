"""Stored cards: brand, last digits and expiry. The gateway keeps the number; its token is not shown."""

from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin, badge
from payments.models import PaymentMethod


@admin.register(PaymentMethod)
class PaymentMethodAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "customer", "expires_on", "use", "gateway", "stored_at")
    list_select_related = ("customer",)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    fields = (
        ("customer", "gateway"),
        ("brand", "last4"),
        ("expires_on", "use"),
        ("stored_at", "removed_at"),
        "charge_agreed_at",
    )

    @badge("Use", {"default": "success", "spare": None, "removed": "danger"})
    def use(self, method: PaymentMethod) -> str:
        if method.removed_at:
            return "removed"
        return "default" if method.is_default else "spare"
