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
from unfold.admin import StackedInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from customers.admin.base import DeskAdmin, owed_words
from customers.admin.buttons import Button, ButtonForm, Press
from customers.admin.contact_stop import AgreeForm, StopForm, agree, refuse
from customers.admin.filters import CountryFilter, LanguageFilter, OwingFilter, SegmentFilter, TagFilter, choice_filter
from customers.admin.hold_forms import HoldForm, in_words, told
from customers.models import Consent, Contact, ContactStop, Customer
from customers.operations import consideration, customers, holds
from customers.queries import holds_in_force, open_invoices, owed_by, owed_in, owed_per_currency
from customers.rules.import_cell import Unreadable
from customers.rules.import_places import read_country, read_currency
from customers.rules.money import minor_units
from customers.rules.tags import read_tags
from customers.wording import counted

SHOWN_INVOICES = 100
SHOWN_CONSENTS = 20


class VulnerableForm(ButtonForm):
    note = forms.CharField(max_length=300, help_text="What colleagues have to mind. No diagnoses.")


def hold_customer(customer: Customer, press: Press) -> str:
    holds.place(customer, **told(press))
    return f"{customer.name}: {in_words(press)}"


def mark_vulnerable(customer: Customer, press: Press) -> str:
    consideration.mark_vulnerable(customer, **press.answers, now=press.now, by=press.by)
    return f"From now on a person decides on every step for {customer.name}."


def unmark_vulnerable(customer: Customer, press: Press) -> str:
    consideration.unmark_vulnerable(customer, now=press.now)
    return f"{customer.name} is followed up by the campaign again."


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


def current_wishes(customer_id: int, _today: date) -> dict[str, Any]:
    stops = ContactStop.objects.filter(customer=customer_id, released_at=None).order_by("pk")
    return {"customer": Customer.objects.select_related("vulnerable_by").get(pk=customer_id), "stops": list(stops)}


def consents(customer_id: int, _today: date) -> dict[str, Any]:
    rows = Consent.objects.filter(customer=customer_id).select_related("contact", "recorded_by").order_by("-pk")
    return {"consents": list(rows[:SHOWN_CONSENTS])}


def current_holds(customer_id: int, today: date) -> dict[str, Any]:
    return {"holds": list(holds_in_force(today).filter(customer=customer_id).select_related("invoice", "placed_by"))}


RENEWAL = (("renews_on", "renewal_of"), ("renewal_amount", "renewal_currency"))


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)

    tags = forms.CharField(
        required=False, help_text="Your own marks, parted by commas.", widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["tags"] = ", ".join(self.instance.tags)
        if amount := self.instance.renewal_amount:
            self.initial["renewal_amount"] = f"{amount:.{minor_units(self.instance.renewal_currency)}f}"

    def clean_tags(self) -> list[str]:
        try:
            return [tag for tag in read_tags(self.cleaned_data["tags"]).split(",") if tag]
        except Unreadable as unreadable:
            raise forms.ValidationError(f"This {unreadable.problem}. {unreadable.remedy}") from None

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_renewal_currency(self) -> str:
        try:
            return read_currency(said) if (said := self.cleaned_data["renewal_currency"]) else ""
        except Unreadable as unreadable:
            raise forms.ValidationError(f"This {unreadable.problem}. {unreadable.remedy}") from None

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone not in available_timezones():
            raise forms.ValidationError("There is no such time zone. Write one such as Europe/Berlin or UTC.")
        return zone


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_country(self) -> str:
        try:
            return read_country(said) if (said := self.cleaned_data["country"]) else ""
        except Unreadable as unreadable:
            raise forms.ValidationError(f"This {unreadable.problem}. {unreadable.remedy}") from None


class ContactInline(StackedInline):  # type: ignore[misc]
    """One below the other: an address does not fit into a row of a table."""

    model = Contact
    form = ContactForm
    extra = 0
    fields = (
        ("name", "role"),
        "is_primary",
        ("email", "phone"),
        ("street", "street_2"),
        ("postal_code", "city"),
        ("region", "country"),
    )


@admin.register(Customer)
class CustomerAdmin(DeskAdmin):
    empty_says = "Customers come with an import of your accounts (Imports, in the menu), or are added one by one."
    form = CustomerForm
    list_display = ("name", "number", "segment", "country", "language", "owed")
    list_filter = (
        OwingFilter,
        SegmentFilter,
        TagFilter,
        CountryFilter,
        LanguageFilter,
        choice_filter("kind", "buys as", Customer.Kind.choices),
    )
    sortable_by = ("number",)
    search_fields = ("number",)
    search_customer = "pk"
    search_help_text = "Number or e-mail from its start, or words of the name"
    fields = (
        ("number", "name"),
        ("language", "country"),
        ("time_zone", "segment"),
        ("kind", "since_on"),
        "tags",
        *RENEWAL,
    )
    inlines = (ContactInline,)
    change_form_outer_after_template = "desk/customer_panels.html"
    panels = [
        Panel("desk/panel_debts.html", debts),
        Panel("desk/panel_holds.html", current_holds),
        Panel("desk/panel_wishes.html", current_wishes),
        Panel("desk/panel_consents.html", consents),
    ]
    buttons: tuple[Button, ...] = (
        Button(
            name="hold",
            label="Leave alone for a while",
            says="What you tick rests while the hold lasts; the day after its last day everything goes on.",
            permission="customers.add_hold",
            form=HoldForm,
            act=hold_customer,
            refusals=(holds.HoldRefusal,),
        ),
        Button(
            name="stop",
            label="Stop letters",
            says="For what the customer does not want to get. A legal notice that has to be sent is not stopped.",
            permission="customers.add_contactstop",
            form=StopForm,
            act=refuse,
        ),
        Button(
            name="agree",
            label="Record consent",
            says="They agree to be written to; what the same person refused of it before counts no longer.",
            permission="customers.add_contactstop",
            form=AgreeForm,
            act=agree,
        ),
        Button(
            name="vulnerable",
            label="Mark as vulnerable",
            says="No letter, charge or fee by itself any more: a person decides on every step.",
            permission="customers.change_customer",
            form=VulnerableForm,
            act=mark_vulnerable,
            offered=lambda customer: customer.vulnerable_since is None,
        ),
        Button(
            name="not_vulnerable",
            label="No longer vulnerable",
            says="The campaign decides again, from the next look on.",
            permission="customers.change_customer",
            act=unmark_vulnerable,
            offered=lambda customer: customer.vulnerable_since is not None,
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
