"""The buttons of a case and the forms behind them: each press is one operation."""

from typing import Any

from django import forms
from django.utils import timezone

from customers.admin.buttons import Button, ButtonForm, DateInput, Press, ReasonForm
from customers.queries import holds_in_force
from customers.rules.holds import PROTECTED
from customers.wording import counted
from dunning.admin.case_money_buttons import PROPOSE_WRITE_OFF, RECORD_PAYMENT
from dunning.admin.case_outside_buttons import RESTORE, TAKE_BACK, TELL_AGENCY
from dunning.admin.habits import habit_buttons
from dunning.admin.people import PersonField
from dunning.models import Case, Notice
from dunning.operations import calls, cases, tasks
from dunning.operations.advance import facts_of
from dunning.rules.contact import call_words


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


class OwnerForm(ButtonForm):
    owner = PersonField(label="New owner")


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


def record_call(case: Case, press: Press) -> str:
    calls.record(case.customer, **press.answers, now=press.now, by=press.by)
    return f"The call is recorded; {call_words(facts_of(case, now=press.now), press.now)}."


def close(case: Case, press: Press) -> str:
    cases.close(case, **press.answers, now=press.now, by=press.by)
    return "The case is closed, and its open invoices are on hold until someone releases them."


def change_owner(case: Case, press: Press) -> str:
    tasks.change_owner(case, **press.answers, now=press.now, by=press.by)
    return f"The case is with {press.answers['owner'] or 'nobody'}."


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
        offered=lambda case: is_open(case) and case.next_step_id is not None and not case.about,
        refusals=(cases.CaseRefusal,),
        is_main=True,
    ),
    RECORD_PAYMENT,
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
        form=ReasonForm,
        act=close,
        offered=is_open,
        refusals=(cases.CaseRefusal,),
    ),
    PROPOSE_WRITE_OFF,
    Button(
        name="change_owner",
        label="Change owner",
        says="Who looks after the case. Open tasks of the former owner go with it.",
        permission="dunning.change_case",
        form=OwnerForm,
        act=change_owner,
        refusals=(tasks.TaskRefusal,),
    ),
    RESTORE,
    TELL_AGENCY,
    TAKE_BACK,
    *habit_buttons(lambda case: case.customer, where=is_open),
)
