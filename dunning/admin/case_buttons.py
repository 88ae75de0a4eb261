"""The buttons of a case and the forms behind them: each press is one operation."""

from typing import Any

from django import forms
from django.utils import timezone

from customers.admin.buttons import Button, ButtonForm, DateInput, Press
from customers.queries import holds_in_force, owed_by
from customers.rules.holds import PROTECTED
from customers.rules.money import MINOR_UNITS
from customers.wording import counted, money
from dunning.admin.habits import habit_buttons
from dunning.admin.people import PersonField
from dunning.models import Case, HandedCase, Notice
from dunning.operations import calls, cases, handing_over, service, tasks, write_offs
from dunning.operations.advance import facts_of
from dunning.queries.handed import handed_with_money
from dunning.queries.service import restriction_of
from dunning.rules.contact import call_words
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


class WriteOffForm(ButtonForm):
    reason = forms.CharField(max_length=300, help_text="One sentence the managers who decide will understand.")


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


def propose_write_off(case: Case, press: Press) -> str:
    assert press.by
    proposed = write_offs.propose(case, **press.answers, now=press.now, by=press.by)
    return f"{counted(proposed, 'write-off')} proposed. Somebody else decides, under Write-offs."


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
        offered=lambda case: is_open(case) and case.next_step_id is not None and not case.about,
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
        name="propose_write_off",
        label="Propose write-off",
        says="Proposes to give up all that is due, but nothing on hold or in instalments. A manager decides, above a "
        "limit two; who proposed it is none of them.",
        permission="dunning.add_writeoffproposal",
        form=WriteOffForm,
        act=propose_write_off,
        offered=lambda case: is_open(case) and not case.about,
        refusals=(write_offs.WriteOffRefusal,),
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
