"""Tasks: the work list of people, by queue; each ends with what came of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, ButtonForm, Press
from customers.wording import counted
from dunning.admin.call_buttons import CALL_BUTTONS
from dunning.admin.filters import QueueFilter, TaskDueFilter, TaskStateFilter, mine
from dunning.admin.people import PersonField
from dunning.models import Task
from dunning.operations import tasks
from dunning.operations.advance import facts_of
from dunning.queries.call_sheet import call_sheet
from dunning.rules.calls import MOST_TRIES
from dunning.rules.words import StepKind


class OutcomeForm(ButtonForm):
    outcome = forms.CharField(max_length=300, help_text="One sentence your colleagues will understand next month.")


class AssignForm(ButtonForm):
    assignee = PersonField(label="To whom")


def finish(task: Task, press: Press) -> str:
    tasks.finish(task, **press.answers, now=press.now, by=press.by)
    return f"Done: {press.answers['outcome']}"


def drop(task: Task, press: Press) -> str:
    tasks.drop(task, **press.answers, now=press.now, by=press.by)
    return f"Dropped: {press.answers['outcome']}"


def assign(task: Task, press: Press) -> str:
    tasks.assign(task, **press.answers, now=press.now, by=press.by)
    return f"The task is with {press.answers['assignee'] or 'nobody: whoever works on the queue takes it'}."


def is_open(task: Task) -> bool:
    return task.state == Task.State.OPEN


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = ("task", "customer", "due", "queue", "assignee", "status", "outcome")
    list_display_links = ("task", "customer")
    list_select_related = ("case__customer", "assignee")
    list_filter = (TaskStateFilter, QueueFilter, TaskDueFilter, mine("assignee"))
    ordering = ("due_on", "case__outlook__chance", "pk")  # of a day: first what is least likely to come by itself
    sortable_by = ()
    search_customer = "case__customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    empty_says = "Steps of the kinds task, phone call and legal notice put work here."
    linked_by = ("case",)
    readonly_fields = ("case_link", "status", "call")
    buttons = (
        *CALL_BUTTONS,
        Button(
            name="finish",
            label="Done",
            says="Ends the task; what came of it stands in the story of the case.",
            permission="dunning.change_task",
            form=OutcomeForm,
            act=finish,
            offered=is_open,
            refusals=(tasks.TaskRefusal,),
            is_main=True,
        ),
        Button(
            name="assign",
            label="Assign",
            says="Gives the task to a person, or back to its queue.",
            permission="dunning.change_task",
            form=AssignForm,
            act=assign,
            offered=is_open,
            refusals=(tasks.TaskRefusal,),
        ),
        Button(
            name="drop",
            label="Drop",
            says="The task need not be done; say why.",
            permission="dunning.change_task",
            form=OutcomeForm,
            act=drop,
            offered=is_open,
            refusals=(tasks.TaskRefusal,),
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        call = ("call",) if obj and obj.kind == StepKind.CALL and is_open(obj) else ()
        told: tuple[Any, ...] = ("case_link", ("kind", "queue"), *call, "script", ("due_on", "assignee"))
        return (*told, ("status", "outcome"), "created_at")

    @admin.display(description="The call")
    def call(self, task: Task) -> str:
        now = timezone.now()
        sheet = call_sheet(task.case, facts_of(task.case, now=now), now=now)
        return render_to_string("desk/call_sheet.html", {"sheet": sheet, "task": task, "most_tries": MOST_TRIES})

    @admin.display(description="Task")
    def task(self, task: Task) -> str:
        return task.get_kind_display()

    @admin.display(description="Customer")
    def customer(self, task: Task) -> str:
        return str(task.case.customer)

    @admin.display(description="Case")
    def case_link(self, task: Task) -> str:
        page = reverse("admin:dunning_case_change", args=[task.case_id])
        return format_html('<a class="desk-link" href="{}">{}</a>', page, task.case.customer)

    @admin.display(description="Due")
    def due(self, task: Task) -> str:
        late = (timezone.localdate() - task.due_on).days
        words = f", {counted(late, 'day')} late" if late > 0 and is_open(task) else ""
        return f"{task.due_on:%-d %B %Y}{words}"

    @badge("State", {"open": "info", "done": "success", "dropped": None})
    def status(self, task: Task) -> Badge:
        return Badge(task.state, task.get_state_display())
