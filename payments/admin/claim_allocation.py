"""Money put on claims, or taken off again, as the pages of the claim, the payment and the refund show it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from customers.admin.base import ReadOnlyInline
from customers.wording import money
from payments.models import ClaimAllocation


class OnClaimsInline(ReadOnlyInline):
    """Of a payment."""

    model = ClaimAllocation
    verbose_name_plural = "what it paid of claims"
    fields = ("claim", "part", "made_at", "made_by")
    readonly_fields = ("part",)
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("payment", "claim__invoice", "made_by")

    @admin.display(description="Amount")
    def part(self, allocation: ClaimAllocation) -> str:
        return money(allocation.amount, allocation.claim.currency)


class OffClaimsInline(OnClaimsInline):
    """Of a refund."""

    verbose_name_plural = "what came off claims"


class PaidInline(OnClaimsInline):
    """Of a claim."""

    verbose_name_plural = "what was paid of it"
    fields = ("payment", "part", "made_at", "made_by")
