"""Tries to collect money, with what the gateway answered. An unknown outcome stays in sight."""

from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press
from customers.admin.filters import CurrencyFilter, choice_filter, condition_filter
from customers.models import Invoice
from customers.wording import money
from payments.models import ChargeAttempt
from payments.operations import sync_tries
from payments.queries.charges import charges_unclear
from payments.queries.declines import decline_book, judgement_of, wasted_tries

DAYS = (7, 30, 90)
COLOURS: dict[str, str | None] = {
    ChargeAttempt.State.SUCCEEDED: "success",
    ChargeAttempt.State.DECLINED: "danger",
    ChargeAttempt.State.IN_DOUBT: "warning",
    ChargeAttempt.State.REQUIRES_ACTION: "info",
    ChargeAttempt.State.CALLING: "info",
    ChargeAttempt.State.PENDING: "info",
    ChargeAttempt.State.ABANDONED: None,
}


# Charges whose fate the gateway should have told long ago.
UnclearFilter = condition_filter(
    "unclear",
    "fate",
    {"yes": ("unknown for too long", lambda: Q(pk__in=charges_unclear(timezone.now()).values("pk")))},
)


def give_up(attempt: ChargeAttempt, press: Press) -> str:
    if not sync_tries.give_up(attempt, now=press.now):
        return "It had ended already."
    return f"{money(attempt.amount, attempt.currency)} is not waited for any more."


def _is_overdue(attempt: ChargeAttempt) -> bool:
    is_theirs = attempt.is_elsewhere and attempt.state == ChargeAttempt.State.PENDING
    return is_theirs and charges_unclear(timezone.now()).filter(pk=attempt.pk).exists()


GIVE_UP = Button(
    name="give_up",
    label="No money comes of it",
    says="For a debit of the gateway's own that never ends. Ask the gateway first. What it was for is reminded of and "
    "charged again; should its money come after all, it is recorded.",
    permission="payments.change_chargeattempt",
    act=give_up,
    offered=_is_overdue,
)


@admin.register(ChargeAttempt)
class ChargeAttemptAdmin(ReadOnlyAdmin):
    empty_says = "Nobody has paid by card or debit yet."
    list_display = ("started_at", "customer", "asked", "outcome", "decline_code", "method", "gateway")
    list_select_related = ("customer", "method")
    list_filter = (UnclearFilter, choice_filter("state", "state", ChargeAttempt.State.choices), CurrencyFilter)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("idempotency_key",)
    search_customer = "customer"
    search_help_text = "Our key, customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    totals = (("asked for", "amount"),)
    list_before_template = "desk/attempts_top.html"
    readonly_fields = ("means", "paid_for", "asked_by")
    buttons = (GIVE_UP,)
    fields = (
        ("customer", "asked"),
        ("paid_for", "asked_by"),
        ("outcome", "means"),
        ("decline_code", "advice_code"),
        ("network_code", "network_advice"),
        ("method", "gateway"),
        ("payment", "gateway_reference"),
        "idempotency_key",
        ("started_at", "finished_at"),
    )

    @admin.display(description="Amount")
    def asked(self, attempt: ChargeAttempt) -> str:
        return money(attempt.amount, attempt.currency)

    @admin.display(description="For")
    def paid_for(self, attempt: ChargeAttempt) -> str:
        numbers = Invoice.objects.filter(pk__in=attempt.invoice_ids).order_by("due_on").values_list("number", flat=True)
        return ", ".join(numbers) or "all that was open"

    @admin.display(description="Asked by")
    def asked_by(self, attempt: ChargeAttempt) -> str:
        if attempt.is_attended:
            return "the customer, at the screen"
        return "the gateway or somebody else, not us" if attempt.is_elsewhere else "the engine, by itself"

    @admin.display(description="What the refusal means")
    def means(self, attempt: ChargeAttempt) -> str:
        if attempt.state != ChargeAttempt.State.DECLINED:
            return "–"
        judgement = judgement_of(attempt, decline_book(attempt.started_at.date()))
        return f"{judgement.meaning.replace('_', ' ').capitalize()}. Decided by {judgement.because}"

    @badge("Outcome", COLOURS)
    def outcome(self, attempt: ChargeAttempt) -> Badge:
        return Badge(attempt.state, attempt.get_state_display())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.wasted_view)
        return [path("wasted/", view, name="payments_chargeattempt_wasted"), *super().get_urls()]

    def wasted_view(self, request: HttpRequest) -> HttpResponse:
        """How many tries could not work, in the last week, month and quarter."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        book = decline_book(now.date())
        wasted = [(days, wasted_tries(now - timedelta(days=days), now, book)) for days in DAYS]
        context = {**self.admin_site.each_context(request), "title": "Tries that could not work", "wasted": wasted}
        return TemplateResponse(request, "desk/wasted.html", {**context, "opts": self.opts})
