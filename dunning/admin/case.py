"""Cases: the list people work through, and the page on which one case is read and moved."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from customers.admin.base import Badge, ReadOnlyAdmin, badge, owed_words
from customers.admin.buttons import Button, ButtonForm, DateInput, Press, person
from customers.admin.filters import since_midnight
from customers.queries import holds_in_force, owed_by, owed_in, owed_per_currency
from customers.rules.holds import PROTECTED
from customers.rules.money import MINOR_UNITS
from customers.wording import brief_moment_there, counted, money
from dunning.admin.filters import (
    AgencyFilter,
    AttentionFilter,
    CampaignFilter,
    CaseStateFilter,
    EndingFilter,
    NextFilter,
    mine,
)
from dunning.admin.habits import habit_buttons
from dunning.admin.people import PersonField
from dunning.case_file import LEVELS, case_file
from dunning.models import Case, HandedCase, Notice
from dunning.operations import calls, cases, handing_over, service, tasks
from dunning.operations.advance import facts_of
from dunning.queries import handed_with_money, restriction_of
from dunning.rules.contact import call_words
from dunning.stored_cards import stored_cards
from dunning.why import why
from payments.models import Payment
from payments.operations import payments


class SendNowForm(ButtonForm):
    step = forms.IntegerField(required=False, widget=forms.HiddenInput)  # what this person was shown as next

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].initial = self.subject.next_step_id


class PauseForm(ButtonForm):
    reason = forms.CharField(max_length=300, help_text="One sentence your colleagues will understand next month.")
    until_on = forms.DateField(
        label="Last day", required=False, widget=DateInput, help_text="Empty: until someone resumes the case."
    )


class CallForm(ButtonForm):
    is_talk = forms.BooleanField(label="Somebody answered", required=False)
    called_at = forms.DateTimeField(
        label="When", initial=timezone.localtime, widget=forms.DateTimeInput(format="%Y-%m-%d %H:%M")
    )
    note = forms.CharField(max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_talk"].widget.attrs["class"] = "desk-check"


class CloseForm(ButtonForm):
    reason = forms.CharField(max_length=300)


class OwnerForm(ButtonForm):
    owner = PersonField(label="New owner")


class RestoreForm(ButtonForm):
    reason = forms.CharField(max_length=300)


class HandOverForm(ButtonForm):
    agency = forms.CharField(max_length=100, help_text="Who gets the file of these cases.")


class TakeBackForm(ButtonForm):
    reason = forms.CharField(max_length=300)


class PaymentForm(ButtonForm):
    amount = forms.DecimalField(min_value=0, max_digits=18, decimal_places=4)
    currency = forms.ChoiceField()
    received_on = forms.DateField(label="Value date", widget=DateInput, initial=timezone.localdate)
    reference = forms.CharField(
        required=False, max_length=128, help_text="The bank's own reference; the same one counts only once."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owed = [owed.currency for owed in owed_by(self.subject.customer_id, timezone.localdate())]
        others = [code for code in sorted(MINOR_UNITS) if code not in owed]
        self.fields["currency"].choices = [(code, code) for code in [*owed, *others]]  # type: ignore[attr-defined]


def pause(case: Case, press: Press) -> str:
    cases.pause(case, **press.answers, now=press.now, by=press.by)
    until = press.answers["until_on"]
    return f"Paused {f'until {until:%-d %B %Y}' if until else 'until resumed'}: {press.answers['reason']}"


def resume(case: Case, press: Press) -> str:
    released = cases.resume(case, now=press.now, by=press.by)
    return f"Resumed: {counted(released, 'hold')} released."


def send_now(case: Case, press: Press) -> str:
    step = cases.send_next_step_now(case, step_id=press.answers["step"], now=press.now, by=press.by)
    if case.notices.filter(state=Notice.State.PROPOSED).exists():
        return f"“{step}” is proposed and leaves once a manager has released it, under Review."
    return f"“{step}” is queued and leaves as soon as the customer's day allows."


def record_payment(case: Case, press: Press) -> str:
    told = {**press.answers, "reference": press.answers["reference"] or press.key}
    paid = payments.record(case.customer, **told, source=Payment.Source.DESK, now=press.now, by=press.by)
    settled = counted(paid.allocations.count(), "invoice")
    recorded = "recorded" if paid.recorded_at == press.now else "had been recorded already"
    return f"{money(paid.amount, paid.currency)} {recorded}; it went to {settled}."


def record_call(case: Case, press: Press) -> str:
    calls.record(case.customer, **press.answers, now=press.now, by=press.by)
    return f"The call is recorded; {call_words(facts_of(case, now=press.now), press.now)}."


def close(case: Case, press: Press) -> str:
    cases.close(case, **press.answers, now=press.now, by=press.by)
    return "The case is closed, and its open invoices are on hold until someone releases them."


def change_owner(case: Case, press: Press) -> str:
    tasks.change_owner(case, **press.answers, now=press.now, by=press.by)
    return f"The case is with {press.answers['owner'] or 'nobody'}."


def restore(case: Case, press: Press) -> str:
    service.restore(case, **press.answers, now=press.now, by=press.by)
    return "The service is told to lift the restriction."


def take_back(case: Case, press: Press) -> str:
    handing_over.take_back(case, **press.answers, now=press.now, by=press.by)
    return "The case is back: what is still open is followed up by a new case."


def tell_agency(case: Case, press: Press) -> str:
    handing_over.tell_agency(case, now=press.now, by=press.by)
    return "Noted: the agency knows what has come in."


def is_with_agency(case: Case) -> bool:
    return HandedCase.objects.filter(case=case, taken_back_at=None).exists()


def has_news_for_agency(case: Case) -> bool:
    return handed_with_money().filter(case=case).exists()


def is_open(case: Case) -> bool:
    return case.state == Case.State.OPEN


def is_paused(case: Case) -> bool:
    in_force = holds_in_force(timezone.localdate())
    theirs = in_force.filter(customer=case.customer_id, invoice=None).exclude(kind__in=PROTECTED)
    return is_open(case) and theirs.exists()


BUTTONS = (
    Button(
        name="send_now",
        label="Send next step now",
        says="Sends the next reminder of the campaign before its day.",
        permission="dunning.change_case",
        form=SendNowForm,
        act=send_now,
        offered=lambda case: is_open(case) and case.next_step_id is not None,
        refusals=(cases.CaseRefusal,),
        is_main=True,
    ),
    Button(
        name="record_payment",
        label="Record payment",
        says="Money that came in past the payment page. It settles the oldest invoices in its currency first.",
        permission="payments.add_payment",
        form=PaymentForm,
        act=record_payment,
        refusals=(payments.PaymentRefusal,),
    ),
    Button(
        name="record_call",
        label="Record a call",
        says="A call that was made. It counts as a contact, so that letters and further calls keep their distance.",
        permission="dunning.add_call",
        form=CallForm,
        act=record_call,
        offered=is_open,
        refusals=(calls.CallRefusal,),
    ),
    Button(
        name="pause",
        label="Pause",
        says="No reminder goes out to this customer while the case is paused.",
        permission="dunning.change_case",
        form=PauseForm,
        act=pause,
        offered=lambda case: is_open(case) and not is_paused(case),
        refusals=(cases.CaseRefusal,),
    ),
    Button(
        name="resume",
        label="Resume",
        says="Ends the pause and other holds on the whole customer. Holds on single invoices stay, and those that law "
        "or decency asks for, such as breathing space.",
        permission="dunning.change_case",
        act=resume,
        offered=is_paused,
        refusals=(cases.CaseRefusal,),
    ),
    Button(
        name="close",
        label="Close",
        says="Stops following up what is open now. The open invoices are put on hold until someone releases them.",
        permission="dunning.change_case",
        form=CloseForm,
        act=close,
        offered=is_open,
        refusals=(cases.CaseRefusal,),
    ),
    Button(
        name="change_owner",
        label="Change owner",
        says="Who looks after the case. Open tasks of the former owner go with it.",
        permission="dunning.change_case",
        form=OwnerForm,
        act=change_owner,
        refusals=(tasks.TaskRefusal,),
    ),
    Button(
        name="restore",
        label="Restore service",
        says="Tells the service to lift the restriction now, whatever is owed.",
        permission="dunning.change_case",
        form=RestoreForm,
        act=restore,
        offered=lambda case: restriction_of(case.customer_id) is not None,
        refusals=(service.ServiceRefusal,),
    ),
    Button(
        name="tell_agency",
        label="Agency was told",
        says="You have told the agency what came in. The case is shown again when more does.",
        permission="dunning.change_case",
        act=tell_agency,
        offered=has_news_for_agency,
        refusals=(handing_over.HandOverRefusal,),
    ),
    Button(
        name="take_back",
        label="Take back",
        says="The agency has given the case back. What is still open is followed up by a new case.",
        permission="dunning.add_handover",
        form=TakeBackForm,
        act=take_back,
        offered=is_with_agency,
        refusals=(handing_over.HandOverRefusal,),
    ),
    *habit_buttons(lambda case: case.customer, where=is_open),
)


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    empty_says = "A case opens by itself for each customer with something overdue, or due soon."
    list_display = ("who", "owed", "status", "level_words", "next_words", "why", "owner", "opened")
    list_select_related = ("customer", "next_step", "version__campaign", "owner")
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
    sortable_by = ()
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
        return owed_words(owed_in(case.owing)) if is_open(case) else "–"

    @badge("State", {"open": "info", "needs": "danger", "closed": "success"})
    def status(self, case: Case) -> Badge:
        if case.attention and is_open(case):
            return Badge("needs", case.get_attention_display())
        return Badge(case.state, case.get_ending_display() or case.state)

    @admin.display(description="Level")
    def level_words(self, case: Case) -> str:
        return LEVELS.get(case.level, str(case.level)).split(":")[0] if case.level else "none yet"

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
        found = Case.objects.select_related("customer__vulnerable_by", "next_step", "version__campaign", "owner")
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
