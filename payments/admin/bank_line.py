"""Money at the bank: the list of lines, the upload, and the page on which a waiting line is matched."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press, person
from customers.admin.filters import CurrencyFilter, KnownFilter, choice_filter
from customers.deadline import Deadline
from customers.models import Customer, Invoice
from customers.wording import counted, money
from payments.admin.bank_forms import AcceptForm, BankFileForm, PostForm, SetAsideForm
from payments.admin.bank_return import DONE_BEFORE, TAKE_FOR_RETURN, TakenBackForm, suggested_returns, take_back
from payments.models import BankLine
from payments.operations import bank_files, bank_lines, bank_matching, payments, refunds
from payments.queries.bank import bank_accounts, next_waiting
from payments.rules.bank_entry import BankFileRefusal
from payments.rules.matching import SUGGESTED, Match

State = BankLine.State
COLOURS: dict[str, str | None] = {
    State.WAITING: "warning",
    State.POSTED: "success",
    State.SET_ASIDE: None,
    State.NOT_FOR_US: None,
}
REFUSALS = (bank_lines.BankLineRefusal, payments.PaymentRefusal, refunds.RefundRefusal)
MOVED = "The books have changed since the page was shown. Here is what they suggest now."
PATIENCE_SECONDS = 15  # whoever uploads waits this long; the worker goes on with what is left


class AccountFilter(KnownFilter):
    """Our accounts."""

    title = "account"
    parameter_name = "account"

    def known(self) -> list[tuple[str, str]]:
        return [(account, account) for account in bank_accounts()]

    def narrow(self, rows: Any, value: str) -> Any:
        return rows.filter(account=value)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A match in words and as the button sends it."""

    match: Match
    customer: Customer
    invoices: list[Invoice]

    @property
    def sent(self) -> str:
        return ",".join(map(str, self.match.invoice_ids))


def post_by_hand(line: BankLine, press: Press) -> str:
    customer = press.answers["customer"]
    new = bank_lines.post(
        line, customer, invoice_ids=press.answers["invoices"], why="chosen by hand", now=press.now, by=press.by
    )
    return f"{money(line.amount, line.currency)} posted to {customer}." if new else DONE_BEFORE


def set_aside(line: BankLine, press: Press) -> str:
    new = bank_lines.set_aside(line, reason=press.answers["reason"], now=press.now, by=press.by)
    return f"Set aside: {press.answers['reason']}" if new else DONE_BEFORE


def is_waiting(line: BankLine) -> bool:
    return line.state == State.WAITING


def is_waiting_money(line: BankLine) -> bool:
    return is_waiting(line) and line.amount > 0


BUTTONS = (
    Button(
        name="post",
        label="Choose the customer",
        says="Posts the money to a customer of your choice.",
        permission="payments.change_bankline",
        form=PostForm,
        act=post_by_hand,
        offered=is_waiting_money,
        refusals=REFUSALS,
    ),
    Button(
        name="set_aside",
        label="Not a customer's payment",
        says="Takes the line off the list for good. Say why, so that it can be understood later.",
        permission="payments.change_bankline",
        form=SetAsideForm,
        act=set_aside,
        offered=is_waiting,
        refusals=REFUSALS,
    ),
    TAKE_FOR_RETURN,
)


@admin.register(BankLine)
class BankLineAdmin(ReadOnlyAdmin):
    empty_says = "Take in a statement that your bank gives out as CAMT.053, MT940 or CSV."
    list_display = ("booked", "payer", "came_in", "said", "stands", "customer", "ours")
    list_select_related = ("customer",)
    list_filter = (choice_filter("state", "state", State.choices), AccountFilter, CurrencyFilter)
    list_before_template = "desk/bank_lines.html"
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name, of lines that are posted"
    linked_by = ("customer",)
    totals = (("in less out", "amount"),)
    change_form_template = "desk/bank_line.html"
    buttons = BUTTONS

    @admin.display(description="Booked")
    def booked(self, line: BankLine) -> str:
        return date_format(line.booked_on, "j M Y").replace(" ", "\N{NO-BREAK SPACE}")

    @admin.display(description="Our account")
    def ours(self, line: BankLine) -> str:
        return f"…{line.account[-4:]}"

    @admin.display(description="Payer")
    def payer(self, line: BankLine) -> str:
        return line.payer_name or line.payer_account or "-"

    @admin.display(description="Amount")
    def came_in(self, line: BankLine) -> str:
        return money(line.amount, line.currency)

    @admin.display(description="Text")
    def said(self, line: BankLine) -> str:
        return f"{line.reference} {line.text}".strip()[:80]

    @badge("State", COLOURS)
    def stands(self, line: BankLine) -> Badge:
        return Badge(line.state, line.get_state_display())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("upload/", view(self.upload_view), name="payments_bankline_upload"),
            path("<int:pk>/accept/", view(require_POST(self.accept_view)), name="payments_bankline_accept"),
            path("<int:pk>/take-back/", view(require_POST(self.take_back_view)), name="payments_bankline_take_back"),
        ]
        return [*own, *super().get_urls()]

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows the form, POST takes the file in and goes on to the lines that wait."""
        if not request.user.has_perm("payments.add_bankfile"):
            raise PermissionDenied
        form = BankFileForm(request.POST or None, request.FILES or None)
        if form.is_valid() and self._take_in(request, form):
            return HttpResponseRedirect(f"{reverse('admin:payments_bankline_changelist')}?state={State.WAITING.value}")
        context = {"form": form, "title": "Take in a bank statement", "opts": self.opts}
        return TemplateResponse(request, "desk/bank_upload.html", {**self.admin_site.each_context(request), **context})

    def _take_in(self, request: HttpRequest, form: BankFileForm) -> bool:
        file, account = form.cleaned_data["file"], form.cleaned_data["account"]
        told = {"name": file.name, "account": account, "by": person(request), "now": timezone.now()}
        try:
            taken = bank_files.take_in(file.read(), **told, deadline=Deadline(PATIENCE_SECONDS))
        except BankFileRefusal as refusal:
            form.add_error("file", str(refusal))
            return False
        posted = taken.lines.filter(state=State.POSTED).count()
        entries = counted(taken.entries, "entry", "entries")
        messages.success(request, f"{entries} read, {taken.new:,} new, {posted:,} of them posted by a sure match.")
        return True

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = BankLine.objects.select_related(
            "customer", "settled_by", "payment", "refund__payment", "bank_file__taken_by"
        )
        line = found.filter(pk=object_id).first() if object_id.isdecimal() else None
        shown: dict[str, Any] = {}
        if line:
            may = request.user.has_perm("payments.change_bankline")
            shown = {"line": line, "title": str(line), "may_match": may, "suggestions": _suggested(line)}
            shown["returns"] = suggested_returns(line, now=timezone.now())
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def accept_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Post the line as the button says, and go on to the next that waits."""
        form = AcceptForm(request.POST)
        return self._settle(request, pk, form, lambda line: self._accept(request, line, *form.chosen()))

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same for a debit that took a payment back."""
        form, press = TakenBackForm(request.POST), Press({}, "", timezone.now(), person(request))
        return self._settle(request, pk, form, lambda line: take_back(line, form.cleaned_data["payment"], press))

    def _settle(
        self, request: HttpRequest, pk: int, form: AcceptForm | TakenBackForm, act: Callable[[BankLine], str]
    ) -> HttpResponse:
        """Do it; `act` says in words what was done, nothing when the books suggest it no longer."""
        if not request.user.has_perm("payments.change_bankline"):
            raise PermissionDenied
        line = get_object_or_404(BankLine, pk=pk)
        page = HttpResponseRedirect(reverse("admin:payments_bankline_change", args=[pk]))
        try:
            done = act(line) if form.is_valid() else ""
        except REFUSALS as refusal:
            messages.error(request, str(refusal))
            return page
        if not done:
            messages.warning(request, MOVED)
            return page
        if done != DONE_BEFORE:
            self.log_change(request, line, done)
        messages.success(request, done)
        return _to_next()

    def _accept(self, request: HttpRequest, line: BankLine, customer_id: int, invoice_ids: tuple[int, ...]) -> str:
        now = timezone.now()
        if line.state == State.POSTED and line.customer_id == customer_id:
            return DONE_BEFORE
        meant = (customer_id, invoice_ids)
        told = [m for m in bank_matching.suggestions(line, now=now) if (m.customer_id, m.invoice_ids) == meant]
        if is_waiting(line) and not told:
            return ""
        customer = get_object_or_404(Customer, pk=customer_id)
        why = f"suggestion taken ({told[0].score}): {told[0].why}" if told else ""
        if not bank_lines.post(line, customer, invoice_ids=invoice_ids, why=why, now=now, by=person(request)):
            return DONE_BEFORE
        return f"{money(line.amount, line.currency)} posted to {customer}."


def _to_next() -> HttpResponse:
    line = next_waiting()
    if line:
        return HttpResponseRedirect(reverse("admin:payments_bankline_change", args=[line.pk]))
    return HttpResponseRedirect(reverse("admin:payments_bankline_changelist"))


def _suggested(line: BankLine) -> list[Suggestion]:
    """Up to three suggestions for a line that waits, with the names and invoices behind them."""
    if not is_waiting_money(line):
        return []
    found = bank_matching.suggestions(line, now=timezone.now())[:SUGGESTED]
    customers = Customer.objects.in_bulk([match.customer_id for match in found])
    invoices = Invoice.objects.in_bulk([pk for match in found for pk in match.invoice_ids])
    return [
        Suggestion(match, customers[match.customer_id], [invoices[pk] for pk in match.invoice_ids]) for match in found
    ]
