"""Customers: who they are, how to reach them, and everything about them in one place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from customers.admin.base import DeskAdmin, DeskInline, owed_words
from customers.admin.buttons import Button, ButtonForm, DateInput, Press
from customers.admin.filters import CountryFilter, LanguageFilter, OwingFilter, SegmentFilter, choice_filter
from customers.models import Contact, Customer, Hold
from customers.operations import customers, holds
from customers.queries import holds_in_force, open_invoices, owed_by, owed_in, owed_per_currency
from customers.wording import counted

SHOWN_INVOICES = 100


class HoldForm(ButtonForm):
    kind = forms.ChoiceField(
        choices=[
            (Hold.Kind.DISPUTE, "disputed"),
            (Hold.Kind.PROMISE, "promised to pay"),
            (Hold.Kind.HARDSHIP, "in hardship"),
            (Hold.Kind.OTHER, "other"),
        ]
    )
    reason = forms.CharField(max_length=300, help_text="One sentence your colleagues will understand next month.")
    until_on = forms.DateField(
        label="Last day", required=False, widget=DateInput, help_text="Empty: until someone releases it."
    )


def hold_customer(customer: Customer, press: Press) -> str:
    holds.place(customer, **{**press.answers, "kind": Hold.Kind(press.answers["kind"])}, now=press.now, by=press.by)
    return f"{customer.name} is left alone{until(press.answers['until_on'])}: {press.answers['reason']}"


def until(day: date | None) -> str:
    return f" until {day:%-d %B %Y}" if day else " until the hold is released"


@dataclass(frozen=True)
class Panel:
    """A part of the customer's page. The apps above add their own: what was paid, which cases ran."""

    template: str
    gather: Callable[[int, date], dict[str, Any]]

    def show(self, customer_id: int) -> dict[str, Any]:
        today = timezone.localdate()
        return {"template": self.template, "customer_id": customer_id, "today": today} | self.gather(customer_id, today)


def debts(customer_id: int, today: date) -> dict[str, Any]:
    invoices = list(open_invoices(customer_id, today)[: SHOWN_INVOICES + 1])
    return {
        "totals": owed_by(customer_id, today),
        "invoices": invoices[:SHOWN_INVOICES],
        "has_more": len(invoices) > SHOWN_INVOICES,
    }


def current_holds(customer_id: int, today: date) -> dict[str, Any]:
    return {"holds": list(holds_in_force(today).filter(customer=customer_id).select_related("invoice", "placed_by"))}


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone not in available_timezones():
            raise forms.ValidationError("There is no such time zone. Write one such as Europe/Berlin or UTC.")
        return zone


class ContactInline(DeskInline):
    model = Contact
    fields = ("name", "email", "phone", "is_primary")


@admin.register(Customer)
class CustomerAdmin(DeskAdmin):
    empty_says = "Customers come with an import of your accounts (Imports, in the menu), or are added one by one."
    form = CustomerForm
    list_display = ("name", "number", "segment", "country", "language", "owed")
    list_filter = (
        OwingFilter,
        SegmentFilter,
        CountryFilter,
        LanguageFilter,
        choice_filter("kind", "buys as", Customer.Kind.choices),
    )
    sortable_by = ("number",)
    search_fields = ("number",)
    search_customer = "pk"
    search_help_text = "Number or e-mail from its start, or words of the name"
    fields = (("number", "name"), ("language", "country"), ("time_zone", "segment"), "kind")
    inlines = (ContactInline,)
    change_form_outer_after_template = "desk/customer_panels.html"
    panels = [Panel("desk/panel_debts.html", debts), Panel("desk/panel_holds.html", current_holds)]
    buttons = (
        Button(
            name="hold",
            label="Leave alone for a while",
            says="No reminder goes out to this customer while the hold lasts.",
            permission="customers.add_hold",
            form=HoldForm,
            act=hold_customer,
            refusals=(holds.HoldRefusal,),
        ),
    )

    actions = ("mark_business", "mark_consumer")

    @admin.action(description="They buy as businesses", permissions=["change"])
    def mark_business(self, request: HttpRequest, queryset: QuerySet[Customer]) -> None:
        self._mark(request, queryset, Customer.Kind.BUSINESS)

    @admin.action(description="They buy as consumers", permissions=["change"])
    def mark_consumer(self, request: HttpRequest, queryset: QuerySet[Customer]) -> None:
        self._mark(request, queryset, Customer.Kind.CONSUMER)

    def _mark(self, request: HttpRequest, queryset: QuerySet[Customer], kind: Customer.Kind) -> None:
        changed = customers.set_kind(queryset.values_list("pk", flat=True), kind, now=timezone.now())
        self.message_user(request, f"{counted(changed, 'customer')} marked as {kind.label}.")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(owing=owed_per_currency("pk", timezone.localdate()))

    @admin.display(description="Owes")
    def owed(self, customer: Any) -> str:
        return owed_words(owed_in(customer.owing))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # a customer with a history stays

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:
        customers.save(obj, now=timezone.now())

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for contact in formset.save(commit=False):
            customers.save_contact(contact)
        for contact in formset.deleted_objects:
            customers.remove_contact(contact)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shows_panels = request.method == "GET" and object_id.isdecimal()
        panels = [panel.show(int(object_id)) for panel in self.panels] if shows_panels else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "panels": panels})
