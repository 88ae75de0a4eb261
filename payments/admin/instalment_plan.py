"""Instalment plans: the list with its progress, the page of one, and the page on which one is proposed and agreed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, ButtonForm, Press, person
from customers.admin.filters import CurrencyFilter, choice_filter
from customers.models import Customer
from customers.rules.days import local_day
from customers.wording import money
from payments.admin.plan_forms import AgreeForm, ProposalForm
from payments.models import InstalmentPlan
from payments.operations import instalment_plans
from payments.operations.instalment_plans import PlanRefusal, proposed
from payments.queries.invoices import sum_of
from payments.queries.plans import progress, with_progress

State = InstalmentPlan.State
COLOURS: dict[str, str | None] = {
    State.ACTIVE: "info",
    State.KEPT: "success",
    State.BROKEN: "danger",
    State.ENDED: None,
}


class EndForm(ButtonForm):
    reason = forms.CharField(max_length=300, help_text="One sentence your colleagues will understand next month.")


def end(plan: InstalmentPlan, press: Press) -> str:
    instalment_plans.end(plan, reason=press.answers["reason"], now=press.now, by=press.by)
    return f"The plan has ended: {press.answers['reason']}. Its invoices count with their own due dates again."


END = Button(
    name="end",
    label="End the plan",
    says="The invoices count with their own due dates again, and reminders ask for all that is overdue of them.",
    permission="payments.change_instalmentplan",
    form=EndForm,
    act=end,
    refusals=(PlanRefusal,),
    offered=lambda plan: plan.state == State.ACTIVE,
)


@admin.register(InstalmentPlan)
class InstalmentPlanAdmin(ReadOnlyAdmin):
    empty_says = (
        "Someone cannot pay all at once? Open their case, or their page under Customers, and press "
        "“Agree on instalments”. You see the schedule before anything is agreed; reminders then ask for "
        "one instalment at a time."
    )
    list_display = ("customer", "stands", "paid", "agreed", "began_on", "made_by", "end_reason")
    list_select_related = ("customer", "made_by")
    list_filter = (choice_filter("state", "state", State.choices), CurrencyFilter)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    totals = (("agreed", "amount"), ("still open", "still_open"))
    change_form_template = "desk/plan.html"
    buttons = (END,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_progress(super().get_queryset(request))

    @badge("State", COLOURS)
    def stands(self, plan: InstalmentPlan) -> Badge:
        return Badge(plan.state, plan.get_state_display())

    @admin.display(description="Paid of it")
    def paid(self, plan: Any) -> str:
        share = int(100 * min(plan.settled, plan.amount) / plan.amount)
        return f"{money(plan.settled, plan.currency)}, {max(share, 0)} %"

    @admin.display(description="Agreed")
    def agreed(self, plan: InstalmentPlan) -> str:
        return money(plan.amount, plan.currency)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        plan = self.get_object(request, object_id) if object_id.isdecimal() else None
        shown: dict[str, Any] = {}
        if plan:
            covered = plan.covered.select_related("invoice").order_by("invoice__due_on", "pk")
            today = local_day(timezone.now(), plan.customer.time_zone)
            shown = {"plan": plan, "title": str(plan), "lines": progress(plan), "covered": covered, "today": today}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.propose_view)
        return [path("propose/", view, name="payments_instalmentplan_propose"), *super().get_urls()]

    def propose_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows the schedule for what is asked; POST agrees to the one that was shown."""
        if not request.user.has_perm("payments.add_instalmentplan"):
            raise PermissionDenied
        number = request.GET.get("customer", "")
        customer = get_object_or_404(Customer, pk=number) if number.isdecimal() else None
        context = {"customer": customer, "title": "Agree on instalments", "opts": self.opts}
        if customer:
            is_agreed = request.method == "POST"
            told = request.POST if is_agreed else request.GET if "parts" in request.GET else None
            form = AgreeForm(customer, told) if is_agreed else ProposalForm(customer, told)
            if is_agreed and form.is_valid() and (plan := self._agree(request, customer, form)):
                return HttpResponseRedirect(reverse("admin:payments_instalmentplan_change", args=[plan.pk]))
            context |= {"form": form, **_preview(customer, form)}
        return TemplateResponse(
            request, "desk/plan_proposal.html", {**self.admin_site.each_context(request), **context}
        )

    def _agree(self, request: HttpRequest, customer: Customer, form: ProposalForm) -> InstalmentPlan | None:
        chosen = [invoice.pk for invoice in form.cleaned_data["invoices"]]
        told = {**form.asked(), "total": form.cleaned_data["total"], "now": timezone.now(), "by": person(request)}
        try:
            plan = instalment_plans.make(customer, invoice_ids=chosen, **told)
        except PlanRefusal as refusal:
            form.add_error(None, str(refusal))
            return None
        done = f"{money(plan.amount, plan.currency)} is paid in {form.cleaned_data['parts']} instalments."
        self.log_addition(request, plan, done)
        messages.success(request, done)
        return plan


def _preview(customer: Customer, form: ProposalForm) -> dict[str, Any]:
    """The schedule as it would be stored now; nothing while there is something to mend in the form."""
    form.is_valid()
    invoices = form.cleaned_data.get("invoices")
    if not invoices or any(form.errors.get(name) for name in form.fields):
        return {}
    total, currency = sum_of(invoices), invoices[0].currency
    today = local_day(timezone.now(), customer.time_zone)
    try:
        lines = proposed(total, currency, **form.asked(), today=today)
    except PlanRefusal as refusal:
        form.add_error(None, str(refusal))
        return {}
    return {"lines": lines, "total": total, "currency": currency}
