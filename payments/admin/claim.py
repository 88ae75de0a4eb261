"""Claims for late payment: what was raised beside invoices, waived, and paid."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from customers.admin.base import Badge, ReadOnlyAdmin, ReadOnlyInline, badge
from customers.admin.buttons import Button, ButtonForm, DateInput, Press
from customers.admin.filters import CurrencyFilter, choice_filter, condition_filter
from customers.admin.invoice import InvoiceAdmin
from customers.models import Invoice
from customers.wording import money
from payments.admin.claim_allocation import PaidInline
from payments.models import Claim
from payments.models.claim_rule import KINDS
from payments.operations import claims, claims_by_hand
from payments.operations.claims import ClaimRefusal
from payments.queries.laws import interest_of, law_book, with_paid
from payments.rules.claims import ClaimKind

REASON = "One sentence your colleagues will understand next month."
STATES = {
    "open": "open",
    "running": "running",
    "paid": "paid",
    "waived": "waived",
    "nothing": "nothing to claim",
}
COLOURS: dict[str, str | None] = {"open": "warning", "running": "info", "paid": "success"}


# Claims by what is left of them.
StateFilter = condition_filter(
    "state",
    "state",
    {
        "open": (STATES["open"], Q(open__gt=0)),
        "running": (STATES["running"], Q(kind="interest", until_on=None, waived_at=None)),
        "paid": (STATES["paid"], Q(amount__gt=0, open=0, waived_at=None)),
        "waived": (STATES["waived"], Q(waived_at__isnull=False)),
    },
)


class WaiveForm(ButtonForm):
    reason = forms.CharField(max_length=300, help_text=REASON)


class ClaimForm(ButtonForm):
    """What a person must say before the law lets something be claimed."""

    kind = forms.ChoiceField(choices=[pair for pair in KINDS if pair[0] != ClaimKind.LUMP_SUM])
    on = forms.DateField(
        label="From the day",
        widget=DateInput,
        help_text="Interest: the first day of default. Costs: the day the customer was told, or the letter arrived.",
    )
    step = forms.IntegerField(
        label="Reminder", min_value=0, max_value=99, initial=0, help_text="Costs: which reminder they are for. Or 0."
    )
    amount = forms.DecimalField(
        required=False, max_digits=18, decimal_places=4, help_text="Only where the law gives the actual cost."
    )


def waive(claim: Claim, press: Press) -> str:
    claims.waive(claim, reason=press.answers["reason"], now=press.now, by=press.by)
    return f"Waived: {press.answers['reason']}"


def pay(claim: Claim, press: Press) -> str:
    put = claims.pay_from_credit(claim, now=press.now, by=press.by)
    return f"{money(put, claim.currency)} of the customer's credit put on this claim."


def raise_claim(invoice: Invoice, press: Press) -> str:
    asked = {**press.answers, "kind": ClaimKind(press.answers["kind"])}
    claim = claims_by_hand.raise_by_hand(invoice, **asked, now=press.now, by=press.by)
    return f"{claim.get_kind_display().capitalize()} is claimed: {_amount(claim)}. {claim.law}"


def _amount(claim: Claim) -> str:
    return "known once it is paid" if claim.is_running else money(claim.amount, claim.currency)


BUTTONS = (
    Button(
        name="waive",
        label="Waive",
        says="Gives up what is open of this claim for good. The invoice stays as it is.",
        permission="payments.change_claim",
        form=WaiveForm,
        act=waive,
        refusals=(ClaimRefusal,),
        offered=lambda claim: claim.is_running or claim.open > 0,
    ),
    Button(
        name="pay",
        label="Pay from credit",
        says="Puts the customer's credit on this claim. Open invoices come first.",
        permission="payments.add_payment",
        act=pay,
        refusals=(ClaimRefusal,),
        offered=lambda claim: claim.open > 0,
    ),
)


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    empty_says = "Nothing has been claimed."
    list_display = ("what", "invoice_link", "customer", "stands", "claimed", "left", "arose_on", "law")
    list_select_related = ("invoice__customer", "raised_by", "waived_by")
    list_filter = (StateFilter, choice_filter("kind", "kind", KINDS), CurrencyFilter)
    list_before_template = "desk/claims_top.html"
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "invoice__customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("invoice", "invoice__customer")
    totals = (("claimed", "amount"), ("open", "open"))
    fields = (
        ("invoice_link", "customer"),
        ("what", "stands"),
        ("claimed", "left"),
        ("so_far", "law"),
        ("arose_on", "until_on"),
        ("raised_at", "raised_by"),
        ("waived_at", "waived_by"),
        "waive_reason",
    )
    inlines = (PaidInline,)
    buttons = BUTTONS

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_paid(super().get_queryset(request))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        are_on = law_book().is_on(timezone.localdate())
        return super().changelist_view(request, {**(extra_context or {}), "claims_are_on": are_on})

    @admin.display(description="What")
    def what(self, claim: Claim) -> str:
        return claim.get_kind_display() + (f", reminder {claim.step}" if claim.step else "")

    @admin.display(description="Invoice")
    def invoice_link(self, claim: Claim) -> str:
        page = reverse("admin:customers_invoice_change", args=[claim.invoice_id])
        return format_html('<a class="desk-link" href="{}">{}</a>', page, claim.invoice)

    @admin.display(description="Customer")
    def customer(self, claim: Claim) -> str:
        return str(claim.invoice.customer)

    @badge("State", COLOURS)
    def stands(self, claim: Any) -> Badge:
        if claim.waived_at:
            key = "waived"
        elif claim.is_running:
            key = "running"
        else:
            key = "open" if claim.open > 0 else "paid" if claim.amount else "nothing"
        return Badge(key, STATES[key])

    @admin.display(description="Claimed")
    def claimed(self, claim: Claim) -> str:
        return _amount(claim)

    @admin.display(description="Open")
    def left(self, claim: Any) -> str:
        return "-" if claim.is_running else money(claim.open, claim.currency)

    @admin.display(description="Interest so far")
    def so_far(self, claim: Claim) -> str:
        return money(interest_of(claim, timezone.localdate()), claim.currency) if claim.is_running else "-"


class ClaimInline(ReadOnlyInline):
    model = Claim
    verbose_name_plural = "claimed beside it, never in its balance"
    fields = ("kind", "sum", "arose_on", "law", "waive_reason")
    readonly_fields = ("sum",)
    show_change_link = True

    @admin.display(description="Amount")
    def sum(self, claim: Claim) -> str:
        return _amount(claim)


InvoiceAdmin.inlines = (*InvoiceAdmin.inlines, ClaimInline)
InvoiceAdmin.buttons = (
    *InvoiceAdmin.buttons,
    Button(
        name="claim",
        label="Claim by law",
        says="Interest or collection costs that a law leaves to a person to judge. Lump sums are raised by themselves.",
        permission="payments.add_claim",
        form=ClaimForm,
        act=raise_claim,
        refusals=(ClaimRefusal,),
        offered=lambda invoice: invoice.balance > 0 and invoice.due_on < timezone.localdate(),
    ),
)
