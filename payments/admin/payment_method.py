"""Stored cards: brand, last digits and expiry. The gateway keeps the number; its token is not shown."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from customers.admin.base import ReadOnlyAdmin, badge
from payments.models import PaymentMethod
from payments.queries.methods import budget_of


@admin.register(PaymentMethod)
class PaymentMethodAdmin(ReadOnlyAdmin):
    empty_says = "Customers store cards and accounts on their page; others come from a gateway's books."
    list_display = ("__str__", "customer", "valid_until", "use", "may_be_charged", "gateway", "stored_on")
    list_select_related = ("customer",)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    readonly_fields = ("budget",)
    fields = (
        ("customer", "gateway"),
        ("kind", "country"),
        "valid_until",
        ("use", "charge_agreed_at"),
        "budget",
        ("stored_at", "removed_at"),
    )

    @admin.display(description="Valid until")
    def valid_until(self, method: PaymentMethod) -> str:
        return f"{method.expires_on:%m/%Y}" if method.expires_on else "–"

    @admin.display(description="May be charged", boolean=True)
    def may_be_charged(self, method: PaymentMethod) -> bool:
        return method.charge_agreed_at is not None

    @admin.display(description="Stored on")
    def stored_on(self, method: PaymentMethod) -> str:
        return f"{timezone.localtime(method.stored_at):%-d %b %Y}"

    @admin.display(description="Tries used")
    def budget(self, method: PaymentMethod) -> SafeString:
        lines = budget_of(method, now=timezone.now())
        return format_html_join("", "{}<br>", ((line,) for line in lines))

    @badge("Use", {"default": "success", "spare": None, "removed": "danger"})
    def use(self, method: PaymentMethod) -> str:
        if method.removed_at:
            return "removed"
        return "default" if method.is_default else "spare"
