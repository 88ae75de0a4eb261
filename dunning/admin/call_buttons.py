"""The buttons of a call task: what came of the call, each press one operation."""

from typing import Any

from django import forms

from customers.admin.buttons import Button, ButtonForm, DateInput, Press
from customers.models import Contact
from dunning.models import Task
from dunning.operations import call_outcomes
from dunning.operations.call_outcomes import CallOutcomeRefusal
from dunning.operations.tasks import TaskRefusal
from dunning.queries.call_sheet import numbers_of
from dunning.rules.calls import MOST_TRIES
from dunning.rules.words import StepKind, spelled


class NoteForm(ButtonForm):
    note = forms.CharField(
        max_length=200, required=False, help_text="What your colleagues will want to know next month."
    )


class PromisedForm(NoteForm):
    until_on = forms.DateField(label="They pay by", widget=DateInput)
    field_order = ["until_on", "note"]


class WrongNumberForm(NoteForm):
    contact = forms.ModelChoiceField(Contact.objects.none(), label="Which number", empty_label=None)
    field_order = ["contact", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = numbers_of(self.subject.case.customer)
        asked: Any = self.fields["contact"]
        asked.queryset = Contact.objects.filter(pk__in=[contact.pk for contact in known])
        asked.label_from_instance = lambda contact: f"{contact.phone} {contact.name}".strip()


def promised(task: Task, press: Press) -> str:
    call_outcomes.promised(task, **press.answers, now=press.now, by=press.by)
    return f"They are left alone until {spelled(press.answers['until_on'])}; the call is recorded."


def will_pay(task: Task, press: Press) -> str:
    call_outcomes.will_pay(task, **press.answers, now=press.now, by=press.by)
    return "The call is recorded, and the campaign goes on."


def no_answer(task: Task, press: Press) -> str:
    again_on = call_outcomes.no_answer(task, now=press.now, by=press.by)
    return (
        f"Due again on {spelled(again_on)}." if again_on else f"Nobody answered {MOST_TRIES} times: the task is done."
    )


def wrong_number(task: Task, press: Press) -> str:
    call_outcomes.wrong_number(task, **press.answers, now=press.now, by=press.by)
    return "Nobody calls or texts that number any more; a task asks for the right one."


def is_open_call(task: Task) -> bool:
    return task.kind == StepKind.CALL and task.state == Task.State.OPEN


def _button(name: str, label: str, says: str, act: Any, form: type[ButtonForm]) -> Button:
    return Button(
        name=name,
        label=label,
        says=says,
        permission="dunning.change_task",
        form=form,
        act=act,
        offered=is_open_call,
        refusals=(TaskRefusal, CallOutcomeRefusal),
    )


CALL_BUTTONS = (
    _button(
        "promised",
        "Promised",
        "They pay by a day. Until then they get no letter and no call, and no card is charged.",
        promised,
        PromisedForm,
    ),
    _button("will_pay", "Will pay", "They pay, but named no day. The campaign goes on.", will_pay, NoteForm),
    _button(
        "no_answer",
        "No answer",
        f"The call is due again on the next working day that allows one, {MOST_TRIES} times at most.",
        no_answer,
        ButtonForm,
    ),
    _button(
        "wrong_number",
        "Wrong number",
        "Somebody else answers there. Nobody calls or texts that number again, and a task asks for the right one.",
        wrong_number,
        WrongNumberForm,
    ),
)
