"""Stored cards: brand, last digits and expiry. The gateway keeps the number; its token is not shown."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from customers.admin.base import ReadOnlyAdmin, badge
from payments.method_queries import budget_of
from payments.models import PaymentMethod


@admin.register(PaymentMethod)
class PaymentMethodAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "customer", "expires_on", "use", "charge_agreed_at", "gateway", "stored_at")
    list_select_related = ("customer",)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    readonly_fields = ("budget",)
    fields = (
        ("customer", "gateway"),
        ("brand", "last4", "kind"),
        ("expires_on", "country"),
        ("use", "charge_agreed_at"),
        "budget",
        ("stored_at", "removed_at"),
    )

    @admin.display(description="Tries used")
    def budget(self, method: PaymentMethod) -> SafeString:
        lines = budget_of(method, now=timezone.now())
        return format_html_join("", "{}<br>", ((line,) for line in lines))

    @badge("Use", {"default": "success", "spare": None, "removed": "danger"})
    def use(self, method: PaymentMethod) -> str:
        if method.removed_at:
            return "removed"
        return "default" if method.is_default else "spare"
