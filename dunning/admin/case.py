"""Cases: the list people work through, and the page on which one case is read and moved."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from customers.admin.base import Badge, ReadOnlyAdmin, badge, owed_words
from customers.admin.buttons import ButtonForm, person
from customers.admin.filters import since_midnight
from customers.queries import owed_in, owed_per_currency
from customers.wording import brief_moment_there, counted
from dunning.admin.case_buttons import BUTTONS, OwnerForm, PauseForm, is_open
from dunning.admin.case_outside_buttons import HandOverForm
from dunning.admin.filters import (
    AgencyFilter,
    AttentionFilter,
    CampaignFilter,
    CaseStateFilter,
    EndingFilter,
    NextFilter,
    mine,
)
from dunning.models import Case
from dunning.operations import cases, handing_over, tasks
from dunning.operations.advance import facts_of
from dunning.queries.case_file import LEVELS, case_file
from dunning.queries.stored_cards import stored_cards
from dunning.queries.why import why
from dunning.rules.contact import call_words


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    empty_says = "A case opens by itself for each customer with something overdue, or due soon."
    list_display = ("who", "owed", "status", "level_words", "likely", "next_words", "why", "owner", "opened")
    list_select_related = ("customer", "next_step", "version__campaign", "owner", "outlook")
    list_filter = (
        CaseStateFilter,
        AttentionFilter,
        NextFilter,
        CampaignFilter,
        EndingFilter,
        mine("owner"),
        AgencyFilter,
        since_midnight("opened_at"),
        since_midnight("closed_at"),
    )
    ordering = ("-pk",)
    sortable_by = ("likely",)
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    actions = ("pause_selected", "resume_selected", "change_owner_selected", "hand_over_selected")
    change_form_template = "desk/case.html"
    buttons = BUTTONS

    @admin.display(description="Customer")
    def who(self, case: Case) -> str:
        return str(case.customer)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(owing=owed_per_currency("customer", timezone.localdate()))

    @admin.display(description="Owed")
    def owed(self, case: Any) -> str:
        return owed_words(owed_in(case.owing)) if is_open(case) and not case.about else "–"

    @badge("State", {"open": "info", "needs": "danger", "closed": "success"})
    def status(self, case: Case) -> Badge:
        if case.attention and is_open(case):
            return Badge("needs", case.get_attention_display())
        return Badge(case.state, case.get_ending_display() or case.state)

    @admin.display(description="Level")
    def level_words(self, case: Case) -> str:
        return LEVELS.get(case.level, str(case.level)).split(":")[0] if case.level else "none yet"

    @admin.display(description="Likely paid", ordering="outlook__chance")
    def likely(self, case: Case) -> str:
        """The chance within 30 days, as of last night."""
        return f"{case.outlook.chance} %" if is_open(case) and hasattr(case, "outlook") else "–"

    @admin.display(description="Next")
    def next_words(self, case: Case) -> str:
        if not (is_open(case) and case.next_action_at):
            return "–"
        what = str(case.next_step) if case.next_step else "look again"
        when = brief_moment_there(case.next_action_at, case.customer.time_zone)
        return format_html('<span class="desk-nowrap">{}<br>{}</span>', when, what)

    @admin.display(description="Why")
    def why(self, case: Case) -> str:
        return case.next_reason or case.close_reason

    @admin.display(description="Opened")
    def opened(self, case: Case) -> str:
        return f"{timezone.localtime(case.opened_at):%-d %b %Y}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = Case.objects.select_related(
            "customer__vulnerable_by", "next_step", "version__campaign", "owner", "outlook"
        )
        case = found.filter(pk=object_id).first() if object_id.isdecimal() else None
        now, today = timezone.now(), timezone.localdate()
        file: dict[str, Any] = {}
        if case:
            facts = facts_of(case, now=now)
            told = why(case, facts, now=now)
            file = {"file": case_file(case, told.steps, today=today), "today": today, "title": str(case.customer)}
            file |= {"why": told, "cards": stored_cards(case, now=now), "phone": call_words(facts, now)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **file})

    @admin.action(description="Pause…", permissions=["work"])
    def pause_selected(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        form = PauseForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, queryset, form, "pause_selected", "Pause")
        now, by = timezone.now(), person(request)
        self._each(request, queryset, "paused", lambda case: cases.pause(case, **form.cleaned_data, now=now, by=by))
        return None

    @admin.action(description="Resume", permissions=["work"])
    def resume_selected(self, request: HttpRequest, queryset: QuerySet[Case]) -> None:
        now, by = timezone.now(), person(request)
        self._each(request, queryset, "resumed", lambda case: cases.resume(case, now=now, by=by))

    @admin.action(description="Change owner…", permissions=["work"])
    def change_owner_selected(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        form = OwnerForm(request.POST if "owner" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, queryset, form, "change_owner_selected", "Change the owner of")
        told = {**form.cleaned_data, "now": timezone.now(), "by": person(request)}
        self._each(request, queryset, "changed", lambda case: tasks.change_owner(case, **told))
        return None

    @admin.action(description="Hand over to an agency…", permissions=["hand_over"])
    def hand_over_selected(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        form = HandOverForm(request.POST if "agency" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, queryset, form, "hand_over_selected", "Hand over")
        chosen, agency = list(queryset.values_list("pk", flat=True)), form.cleaned_data["agency"]
        try:
            handed = handing_over.hand_over(chosen, agency=agency, now=timezone.now(), by=person(request))
        except handing_over.HandOverRefusal as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
            return None
        left = f", {handed.left_out:,} left out: closed, on hold, or money is on its way" if handed.left_out else ""
        self.message_user(request, f"{handed.cases:,} handed over{left}. The file is below.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:dunning_handover_change", args=[handed.hand_over.pk]))

    def has_hand_over_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("dunning.add_handover")

    def has_work_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("dunning.change_case")

    def _ask(
        self, request: HttpRequest, queryset: QuerySet[Case], form: ButtonForm, action: str, verb: str
    ) -> HttpResponse:
        chosen = list(queryset.select_related("customer"))
        asked = {"form": form, "chosen": chosen, "opts": self.opts, "title": f"{verb} {counted(len(chosen), 'case')}"}
        back = {"back": reverse("admin:dunning_case_changelist"), "action": action}
        context = {**self.admin_site.each_context(request), **asked, **back}
        return TemplateResponse(request, "desk/bulk_form.html", context)

    def _each(self, request: HttpRequest, queryset: QuerySet[Case], verb: str, act: Any) -> None:
        """One operation call per case; reports how many were moved, and why the others were not."""
        moved, refusals = 0, dict[str, int]()
        for case in queryset.select_related("customer"):
            try:
                act(case)
                moved += 1
            except (cases.CaseRefusal, tasks.TaskRefusal) as refusal:
                refusals[str(refusal)] = refusals.get(str(refusal), 0) + 1
        skipped = "; ".join(f"{number:,} skipped: {why}" for why, number in refusals.items())
        level = messages.SUCCESS if moved else messages.WARNING
        self.message_user(request, f"{moved:,} {verb}" + (f", {skipped}" if skipped else "."), level)
