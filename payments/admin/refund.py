"""Money that went back, and the invoices it came from. A refund is recorded from the page of its payment."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from customers.admin.base import ReadOnlyAdmin, ReadOnlyInline
from customers.admin.buttons import Button, ButtonForm, DateInput, Press
from customers.admin.filters import choice_filter, since_midnight
from customers.rules.money import smallest_unit
from customers.wording import money
from payments.admin.claim_allocation import OffClaimsInline
from payments.models import Payment, Refund, RefundPart
from payments.operations import refunds, reversals
from payments.queries.money import held_by


class RefundForm(ButtonForm):
    amount = forms.DecimalField(min_value=Decimal("0.0001"), max_digits=18, decimal_places=4)
    kind = forms.ChoiceField(label="What happened", choices=Refund.Kind.choices)
    is_credited = forms.TypedChoiceField(
        label="What becomes of the invoices",
        choices=[("", "they are owed again"), ("yes", "they are credited by the same amount")],
        coerce=bool,
        required=False,
    )
    on = forms.DateField(label="Value date", widget=DateInput())
    reason = forms.CharField(max_length=300, help_text="One sentence your colleagues will understand next month.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()
        if isinstance(self.subject, Payment):
            self.fields["amount"].initial = held_by(self.subject).quantize(smallest_unit(self.subject.currency))


def _as_asked(answers: dict[str, Any]) -> dict[str, Any]:
    return {"kind": Refund.Kind(answers["kind"]), "is_credited": bool(answers["is_credited"])}


def give_back(payment: Payment, press: Press) -> str:
    refund = refunds.record(
        payment,
        **{**press.answers, **_as_asked(press.answers)},
        reference=press.key,
        now=press.now,
        by=press.by,
    )
    return f"{money(refund.amount, payment.currency)} {refund.get_kind_display()}."


GIVE_BACK = Button(
    name="refund",
    label="Money went back",
    says="Records a refund, a chargeback or a returned debit. No money is moved by this button.",
    permission="payments.add_refund",
    form=RefundForm,
    act=give_back,
    refusals=(refunds.RefundRefusal,),
)


class ReversalForm(ButtonForm):
    on = forms.DateField(label="Value date", widget=DateInput())
    reason = forms.CharField(max_length=300, help_text="For example: dispute won, the refund was not accepted.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


def take_again(refund: Refund, press: Press) -> str:
    if not reversals.undo(refund, **press.answers, now=press.now, by=press.by):
        return "This had been recorded already."
    return f"{money(refund.amount, refund.payment.currency)} came back. The invoices are settled again."


CAME_BACK = Button(
    name="came_back",
    label="The money came back to us",
    says="For a dispute that was won, or a refund that failed. The invoices are settled again with the whole amount; "
    "what they do not need is credit.",
    permission="payments.add_refund",
    form=ReversalForm,
    act=take_again,
    offered=lambda refund: not hasattr(refund, "reversal"),
)


class RefundInline(ReadOnlyInline):
    model = Refund
    verbose_name_plural = "what went back"
    fields = ("kind", "went_back", "happened_on", "reason", "recorded_by", "fate")
    readonly_fields = ("went_back", "fate")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("payment", "recorded_by", "reversal")

    @admin.display(description="Amount")
    def went_back(self, refund: Refund) -> str:
        return money(refund.amount, refund.payment.currency)

    @admin.display(description="Since then")
    def fate(self, refund: Refund) -> str:
        return fate_of(refund)


def fate_of(refund: Refund) -> str:
    """Whether and when the money came back to us."""
    reversal = getattr(refund, "reversal", None)
    return f"came back on {date_format(reversal.happened_on, 'j F Y')}" if reversal else "-"


class RefundPartInline(ReadOnlyInline):
    model = RefundPart
    verbose_name_plural = "what is owed again, or was credited"
    fields = ("invoice", "part")
    readonly_fields = ("part",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("invoice")

    @admin.display(description="Amount")
    def part(self, part: RefundPart) -> str:
        return money(part.amount, part.invoice.currency)


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    empty_says = "Open a payment and press “Money went back”, or take in a bank statement with a returned debit."
    list_display = ("happened_on", "customer", "kind", "went_back", "fate", "reason", "recorded_by")
    list_select_related = ("payment__customer", "recorded_by", "reversal")
    list_filter = (choice_filter("kind", "kind", Refund.Kind.choices), since_midnight("recorded_at"))
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "payment__customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("payment",)
    fields = (
        ("customer", "payment"),
        ("kind", "went_back"),
        "reason",
        ("happened_on", "recorded_at"),
        ("recorded_by", "reference"),
        ("fate", "why_it_came_back"),
    )
    inlines = (RefundPartInline, OffClaimsInline)
    buttons = (CAME_BACK,)

    @admin.display(description="Customer")
    def customer(self, refund: Refund) -> str:
        return str(refund.payment.customer)

    @admin.display(description="Amount")
    def went_back(self, refund: Refund) -> str:
        return money(refund.amount, refund.payment.currency)

    @admin.display(description="Since then")
    def fate(self, refund: Refund) -> str:
        return fate_of(refund)

    @admin.display(description="Why it came back")
    def why_it_came_back(self, refund: Refund) -> str:
        return refund.reversal.reason if hasattr(refund, "reversal") else "-"
