"""Invoices: what was billed, what is still open, and the book of what moved it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, ButtonForm, DateInput, Press
from customers.admin.filters import AgeFilter, CurrencyFilter, OpenFilter
from customers.admin.hold_forms import InvoiceHoldForm, in_words, told
from customers.admin.ledger_entry import EntryInline
from customers.models import Hold, Invoice
from customers.operations import holds, ledger
from customers.queries import is_held
from customers.wording import lateness, money


class CreditForm(ButtonForm):
    amount = forms.DecimalField(min_value=0, max_digits=18, decimal_places=4, help_text="In the invoice's currency.")
    on = forms.DateField(label="Date of the credit note", widget=DateInput, initial=timezone.localdate)
    reason = forms.CharField(max_length=250)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = f"Up to {money(self.subject.balance, self.subject.currency)}, what is open."


class WriteOffForm(ButtonForm):
    on = forms.DateField(label="Date", widget=DateInput, initial=timezone.localdate)
    reason = forms.CharField(max_length=250)


class ReleaseForm(ButtonForm):
    hold = forms.ModelChoiceField(queryset=Hold.objects.none(), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hold"].queryset = holds_on(self.subject)  # type: ignore[attr-defined]


def holds_on(invoice: Invoice) -> Any:
    return Hold.objects.filter(invoice=invoice, released_at=None)


def credit(invoice: Invoice, press: Press) -> str:
    asked = press.answers
    why = {"reason": asked["reason"], "on": asked["on"]}
    ledger.credit(invoice, asked["amount"], **why, now=press.now, by=press.by, reference=press.key)
    return f"{money(asked['amount'], invoice.currency)} credited on invoice {invoice.number}."


def write_off(invoice: Invoice, press: Press) -> str:
    ledger.write_off_alone(invoice, **press.answers, now=press.now, by=press.by, reference=press.key)
    return f"What was open of invoice {invoice.number} is written off."


def hold(invoice: Invoice, press: Press) -> str:
    holds.place(invoice.customer, **told(press), invoice=invoice)
    return f"Invoice {invoice.number}: {in_words(press)}"


def release(invoice: Invoice, press: Press) -> str:
    was_in_force = holds.release(press.answers["hold"], now=press.now)
    return f"Invoice {invoice.number}: " + ("the hold is released." if was_in_force else "the hold had ended before.")


def is_open(invoice: Invoice) -> bool:
    return invoice.balance > 0


BUTTONS = (
    Button(
        name="credit",
        label="Credit note",
        says="Takes an amount off what is open, for example after a complaint.",
        permission="customers.add_ledgerentry",
        form=CreditForm,
        act=credit,
        offered=is_open,
        refusals=(ledger.LedgerRefusal,),
    ),
    Button(
        name="write_off",
        label="Write off",
        says="Gives up everything that is still open of this invoice. Above a limit it is proposed on the case, and "
        "two managers decide.",
        permission="customers.add_ledgerentry",
        form=WriteOffForm,
        act=write_off,
        offered=is_open,
        refusals=(ledger.LedgerRefusal,),
    ),
    Button(
        name="hold",
        label="Hold",
        says="What you tick rests for this invoice while the hold lasts; the others go on.",
        permission="customers.add_hold",
        form=InvoiceHoldForm,
        act=hold,
        refusals=(holds.HoldRefusal,),
        offered=is_open,
    ),
    Button(
        name="release",
        label="Release a hold",
        says="Reminders may mention this invoice again.",
        permission="customers.change_hold",
        form=ReleaseForm,
        act=release,
        offered=lambda invoice: holds_on(invoice).exists(),
    ),
)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    empty_says = "Invoices come with an import of your accounts (Imports, in the menu), or from Stripe Billing."
    list_display = ("number", "customer_link", "due_on", "state", "open_amount", "billed")
    list_display_links = ("number",)
    list_select_related = ("customer",)
    list_filter = (OpenFilter, AgeFilter, CurrencyFilter)
    ordering = ("-pk",)
    sortable_by = ("number", "due_on")
    search_fields = ("number",)
    search_customer = "customer"
    search_help_text = "Invoice number, customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    totals = (("open", "balance"), ("billed", "amount"))
    fields = (
        ("number", "customer_link"),
        ("issued_on", "due_on", "was_due"),
        ("billed", "open_amount"),
        ("state", "description"),
        "pdf_url",
        ("created_at", "updated_at"),
    )
    inlines: Sequence[Any] = (EntryInline,)  # the apps above add their own, and buttons
    buttons: Sequence[Button] = BUTTONS

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(held=is_held(timezone.localdate()))

    @admin.display(description="Customer")
    def customer_link(self, invoice: Invoice) -> str:
        page = reverse("admin:customers_customer_change", args=[invoice.customer_id])
        return format_html('<a class="desk-link" href="{}">{}</a>', page, invoice.customer)

    @badge("State", {"settled": "success", "held": "info", "overdue": "danger", "open": None})
    def state(self, invoice: Any) -> Badge:
        today = timezone.localdate()
        if invoice.balance <= 0:
            return Badge("settled", "settled")
        late = lateness(invoice.due_on, today)
        if invoice.held:
            return Badge("held", f"held, {late}")
        return Badge("overdue" if invoice.due_on < today else "open", late)

    @admin.display(description="Was due before")
    def was_due(self, invoice: Invoice) -> str:
        return ", ".join(map(str, invoice.due_changes.order_by("pk"))) or "–"

    @admin.display(description="Open")
    def open_amount(self, invoice: Invoice) -> str:
        return money(invoice.balance, invoice.currency)

    @admin.display(description="Billed")
    def billed(self, invoice: Invoice) -> str:
        return money(invoice.amount, invoice.currency)
