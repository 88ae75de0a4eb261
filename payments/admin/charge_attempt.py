"""Tries to collect money, with what the gateway answered. An unknown outcome stays in sight."""

from django.contrib import admin

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.filters import CurrencyFilter, choice_filter
from customers.wording import money
from payments.models import ChargeAttempt

COLOURS: dict[str, str | None] = {
    ChargeAttempt.State.SUCCEEDED: "success",
    ChargeAttempt.State.DECLINED: "danger",
    ChargeAttempt.State.IN_DOUBT: "warning",
    ChargeAttempt.State.REQUIRES_ACTION: "info",
    ChargeAttempt.State.CALLING: "info",
    ChargeAttempt.State.PENDING: "info",
    ChargeAttempt.State.ABANDONED: None,
}


@admin.register(ChargeAttempt)
class ChargeAttemptAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "customer", "asked", "outcome", "decline_code", "method", "gateway")
    list_select_related = ("customer", "method")
    list_filter = (choice_filter("state", "state", ChargeAttempt.State.choices), CurrencyFilter)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("idempotency_key",)
    search_customer = "customer"
    search_help_text = "Our key, customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    totals = (("asked for", "amount"),)
    fields = (
        ("customer", "asked"),
        ("outcome", "decline_code", "advice_code"),
        ("network_code", "network_advice"),
        ("method", "gateway"),
        ("card_brand", "is_attended"),
        ("gateway_reference", "idempotency_key"),
        ("payment", "invoice_ids"),
        ("started_at", "finished_at"),
    )

    @admin.display(description="Amount")
    def asked(self, attempt: ChargeAttempt) -> str:
        return money(attempt.amount, attempt.currency)

    @badge("Outcome", COLOURS)
    def outcome(self, attempt: ChargeAttempt) -> Badge:
        return Badge(attempt.state, attempt.get_state_display())
