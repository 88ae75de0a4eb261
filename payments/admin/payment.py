"""Payments: what came in, what it settled, and what of it is still unapplied."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from customers.admin.base import Badge, DeskAdmin, ReadOnlyInline, badge
from customers.admin.buttons import person
from customers.admin.filters import CurrencyFilter, choice_filter, condition_filter, since_midnight
from customers.admin.once import OnceField
from customers.rules.money import MINOR_UNITS, fits
from customers.wording import money
from payments.admin.claim_allocation import OnClaimsInline
from payments.admin.refund import GIVE_BACK, RefundInline
from payments.models import Allocation, Payment
from payments.operations import payments
from payments.queries.money import recorded_under

# Payments of which something is left that no open invoice needed.
CreditFilter = condition_filter("credit", "credit", {"left": ("credit left", Q(unapplied__gt=0))})


class AllocationInline(ReadOnlyInline):
    model = Allocation
    verbose_name_plural = "what it settled"
    fields = ("invoice", "part", "recorded_at")
    readonly_fields = ("part",)
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("invoice")

    @admin.display(description="Amount")
    def part(self, allocation: Allocation) -> str:
        return money(allocation.amount, allocation.invoice.currency)


class PaymentForm(forms.ModelForm):  # type: ignore[type-arg]
    """Money that came in past the gateway. It settles the customer's oldest invoices in that currency."""

    once = OnceField("payments_payment_add")

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        amount, currency = told.get("amount"), told.get("currency")
        if currency and currency not in MINOR_UNITS:
            self.add_error("currency", "Give the three letters of an ISO 4217 currency in use, for example EUR.")
        elif amount is not None and currency and not (amount > 0 and fits(amount, currency)):
            self.add_error("amount", f"Give an amount above 0 with no more decimals than {currency} has.")
        told["reference"] = told.get("reference") or told.get("once", "")
        if told["reference"] and (earlier := recorded_under("", told["reference"])):
            self.add_error("reference", payments.recorded_already(earlier))
        return told


@admin.register(Payment)
class PaymentAdmin(DeskAdmin):
    form = PaymentForm
    empty_says = "Payments come from the customer's page, from bank statements, or are recorded here."
    list_display = ("received_on", "customer", "came_in", "credit", "source", "provider", "reference")
    list_select_related = ("customer",)
    list_filter = (
        CreditFilter,
        CurrencyFilter,
        choice_filter("source", "source", Payment.Source.choices),
        since_midnight("recorded_at"),
    )
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    totals = (("received", "amount"),)
    autocomplete_fields = ("customer",)
    add_fieldsets = ((None, {"fields": ("customer", ("amount", "currency"), ("received_on", "reference"), "once")}),)
    fields = (
        ("customer", "came_in"),
        ("received_on", "credit"),
        ("source", "provider"),
        ("reference", "recorded_by"),
        ("recorded_at", "statement"),
    )
    readonly_fields = ("came_in", "credit", "statement")
    inlines = (AllocationInline, OnClaimsInline, RefundInline)
    buttons = (GIVE_BACK,)

    def get_inlines(self, request: HttpRequest, obj: Payment | None) -> Any:
        return self.inlines if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Payment | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Payment | None = None) -> bool:
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return cast(HttpResponse, super().add_view(request, form_url, extra_context))
        except payments.PaymentRefusal as refusal:  # somebody else recorded it since the form was checked
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Payment, form: Any, change: bool) -> None:
        recorded = payments.record(
            obj.customer,
            amount=obj.amount,
            currency=obj.currency,
            received_on=obj.received_on,
            source=Payment.Source.DESK,
            reference=obj.reference,
            now=timezone.now(),
            by=person(request),
        )
        obj.pk = recorded.pk

    @admin.display(description="Amount")
    def came_in(self, payment: Payment) -> str:
        return money(payment.amount, payment.currency)

    @badge("Credit left", {"left": "warning"})
    def credit(self, payment: Payment) -> Badge | None:
        return Badge("left", money(payment.unapplied, payment.currency)) if payment.unapplied else None

    @admin.display(description="Bank line")
    def statement(self, payment: Payment) -> str:
        line = getattr(payment, "bank_line", None)
        if line is None:
            return "-"
        return format_html(
            '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>',
            reverse("admin:payments_bankline_change", args=[line.pk]),
            line,
        )
