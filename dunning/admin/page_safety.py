"""What keeps customers' pages safe, to read: codes that were sent, cards that were refused there."""

from datetime import datetime

from django.contrib import admin
from django.utils import timezone

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.filters import choice_filter
from dunning.models import PageCode, RefusedCard


@admin.register(PageCode)
class PageCodeAdmin(ReadOnlyAdmin):
    empty_says = "Before a customer's page shows details it sends a code to an address that we know."
    list_display = ("customer", "channel", "state", "asked_at", "tries", "used_at", "reason")
    list_select_related = ("customer",)
    list_filter = (choice_filter("state", "state", PageCode.State.choices),)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    fields = (("customer", "link"), ("channel", "state"), ("asked_at", "expires_at"), ("tries", "used_at"), "reason")


@admin.register(RefusedCard)
class RefusedCardAdmin(ReadOnlyAdmin):
    empty_says = "Several different cards refused on one page, or from one address, close its form for an hour."
    list_display = ("customer", "attempt", "refused_at", "closed", "closed_until")
    list_select_related = ("attempt__customer",)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "attempt__customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("link",)
    fields = (("attempt", "link"), ("refused_at", "closed_until"))

    @admin.display(description="Customer")
    def customer(self, refused: RefusedCard) -> str:
        return str(refused.attempt.customer)

    @badge("Cards", {"closed": "danger", "was": "warning", "none": None})
    def closed(self, refused: RefusedCard) -> Badge:
        return closed_badge(refused, timezone.now())


def closed_badge(refused: RefusedCard, now: datetime) -> Badge:
    """Whether this one closed the form, and whether it still is."""
    if refused.closed_until is None:
        return Badge("none", "taken")
    return Badge("closed", "closed now") if refused.closed_until > now else Badge("was", "was closed")
