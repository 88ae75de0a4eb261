"""Proposed write-offs: what waits for a manager, and what became of the others."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, ButtonForm, Press
from customers.admin.filters import choice_filter
from customers.models import WriteOffLimit
from customers.operations.ledger import LedgerRefusal
from customers.wording import money
from dunning.models import WriteOffProposal
from dunning.operations import write_offs
from dunning.operations.write_offs import WriteOffRefusal

State = WriteOffProposal.State


class RefuseForm(ButtonForm):
    reason = forms.CharField(max_length=300, help_text="One sentence your colleagues will understand next month.")


def approve(proposal: WriteOffProposal, press: Press) -> str:
    assert press.by
    decided = write_offs.approve(proposal, now=press.now, by=press.by)
    if decided.state == State.OPEN:
        return "Your approval is noted. It is above the limit for one: a second manager has to agree."
    return f"{decided.get_state_display().capitalize()}: {decided.decision}."


def refuse(proposal: WriteOffProposal, press: Press) -> str:
    assert press.by
    write_offs.refuse(proposal, **press.answers, now=press.now, by=press.by)
    return "Refused: the case goes on as it was."


def is_open(proposal: WriteOffProposal) -> bool:
    return proposal.state == State.OPEN


@admin.register(WriteOffProposal)
class WriteOffProposalAdmin(ReadOnlyAdmin):
    empty_says = "A step of the kind “proposal to write off”, or a person on a case, proposes one."
    list_display = ("customer", "sum", "reason", "who", "proposed", "status", "needs")
    list_select_related = ("case__customer", "proposed_by", "first_by", "decided_by")
    list_filter = (choice_filter("state", "state", State.choices),)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "case__customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("case",)
    readonly_fields = ("case_link", "sum", "who", "status", "needs", "invoices")
    buttons = (
        Button(
            name="approve",
            label="Approve",
            says="Writes off what is still open of it, now. What was paid meanwhile is not written off. Above the "
            "limit for one the first approval is noted, and a second manager writes it off.",
            permission="dunning.change_writeoffproposal",
            act=approve,
            offered=is_open,
            refusals=(WriteOffRefusal, LedgerRefusal),
            is_main=True,
        ),
        Button(
            name="refuse",
            label="Refuse",
            says="Nothing is written off, and the case goes on.",
            permission="dunning.change_writeoffproposal",
            form=RefuseForm,
            act=refuse,
            offered=is_open,
            refusals=(WriteOffRefusal,),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        limits = WriteOffLimit.objects.filter(currency=OuterRef("currency"), valid_from__lte=timezone.localdate())
        alone = Subquery(limits.order_by("-valid_from").values("at_most")[:1])
        return super().get_queryset(request).annotate(alone=alone).prefetch_related("lines__invoice")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What has not happened yet has no line."""
        told: list[Any] = [("case_link", "sum"), "reason", ("who", "proposed_at"), "invoices", ("status", "needs")]
        told += [("first_by", "first_at")] if obj and obj.first_by_id else []
        return told + ([("decided_by", "decided_at"), "decision"] if obj and not is_open(obj) else [])

    @admin.display(description="Customer")
    def customer(self, proposal: WriteOffProposal) -> str:
        return str(proposal.case.customer)

    @admin.display(description="Case")
    def case_link(self, proposal: WriteOffProposal) -> str:
        page = reverse("admin:dunning_case_change", args=[proposal.case_id])
        return format_html('<a class="desk-link" href="{}">{}</a>', page, proposal.case.customer)

    @admin.display(description="Amount")
    def sum(self, proposal: WriteOffProposal) -> str:
        return money(proposal.amount, proposal.currency)

    @admin.display(description="Proposed by")
    def who(self, proposal: WriteOffProposal) -> str:
        return proposal.proposed_by.get_username() if proposal.proposed_by else "a step of the campaign"

    @admin.display(description="Proposed on")
    def proposed(self, proposal: WriteOffProposal) -> str:
        return f"{timezone.localtime(proposal.proposed_at):%-d %b %Y}"

    @badge("State", {"open": "warning", "approved": "success", "refused": "danger", "lapsed": None})
    def status(self, proposal: WriteOffProposal) -> Badge:
        return Badge(proposal.state, proposal.get_state_display())

    @admin.display(description="Waits for")
    def needs(self, proposal: Any) -> str:
        if not is_open(proposal):
            return "–"
        if proposal.first_by:
            return f"a second manager, after {proposal.first_by.get_username()}"
        return "a manager" if proposal.amount <= (proposal.alone or 0) else "two managers"

    @admin.display(description="Invoices")
    def invoices(self, proposal: WriteOffProposal) -> SafeString:
        lines = (
            (
                line.invoice,
                money(line.amount, proposal.currency),
                "" if line.given_up is None else f", {money(line.given_up, proposal.currency)} written off",
            )
            for line in proposal.lines.all()
        )
        return format_html_join("", "{}: {} open when proposed{}<br>", lines)
