"""Tasks, owners and what the service is told, on the desk."""

import pytest
from django.contrib.auth.models import User
from django.forms import modelform_factory
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Contact
from dunning.admin.step_inline import StepForm
from dunning.models import (
    Campaign,
    CampaignVersion,
    Case,
    CustomerRequest,
    HandedCase,
    HandOver,
    OutgoingEvent,
    Step,
    Task,
)
from dunning.operations import answering
from tests.screens.books import books_with, case_of
from tests.screens.pressing import press

TASKS = reverse("admin:dunning_task_changelist")
CASES = reverse("admin:dunning_case_changelist")


def numbers(client: Client, url: str, **query: str) -> int:
    return len(client.get(url, query).context["cl"].result_list)


def answer_request() -> None:
    """What the customer of the books asked for keeps letters, calls and agencies away until then."""
    maria = User.objects.get(username="maria")
    asked = CustomerRequest.objects.get(kind="call")
    answering.settle(asked, answer="We called.", releases=True, now=timezone.now(), by=maria)


def keep_tasks_of_steps() -> None:
    Task.objects.exclude(kind="task").delete()


def test_a_task_is_done_with_what_came_of_it(collector: Client) -> None:
    books_with(1)
    task = Task.objects.get(kind="task")
    page = collector.get(reverse("admin:dunning_task_change", args=[task.pk])).content.decode()
    assert "Ask when." in page
    press(collector, "finish", task, outcome="pays on Friday")
    task.refresh_from_db()
    assert (task.state, task.outcome, task.ended_by.username) == ("done", "pays on Friday", "karl")  # type: ignore[union-attr]
    case = collector.get(reverse("admin:dunning_case_change", args=[task.case_id])).content.decode()
    assert "Task (calls 0) done: pays on Friday" in case


def test_the_work_list_narrows_by_queue_day_and_person(collector: Client) -> None:
    books_with(3)
    keep_tasks_of_steps()
    Task.objects.filter(queue="calls 1").update(assignee=User.objects.get(username="karl"))
    assert numbers(collector, TASKS, state="open") == 3
    assert numbers(collector, TASKS, queue="calls 1") == 1
    assert numbers(collector, TASKS, due="now") == 3
    assert [numbers(collector, TASKS, assignee=whose) for whose in ("me", "nobody", "somebody")] == [1, 2, 1]


def test_the_first_page_counts_due_tasks_and_events_given_up(manager: Client) -> None:
    books_with(2)
    keep_tasks_of_steps()
    page = manager.get(reverse("admin:index"))
    needed = {figure.words: (figure.number, figure.url) for figure in page.context["waiting"]}
    assert needed["tasks due"] == ("2", f"{TASKS}?due=now")
    number, url = needed["events the service did not take"]
    assert (number, numbers(manager, url)) == ("2", 2)


def test_the_case_shows_what_is_to_do_whose_it_is_and_that_the_service_is_restricted(collector: Client) -> None:
    [ada] = books_with(1)
    case = case_of(ada)
    press(collector, "change_owner", case, owner=str(User.objects.get(username="karl").pk))
    page = collector.get(reverse("admin:dunning_case_change", args=[case.pk])).content.decode()
    assert "in the queue calls 0" in page and "restricted" in page and "<dd>karl</dd>" in page
    assert "Restore service" in page
    press(collector, "restore", case, reason="agreed")
    assert OutgoingEvent.objects.order_by("-pk")[0].kind == "service.restore"
    assert "Restore service" not in collector.get(reverse("admin:dunning_case_change", args=[case.pk])).content.decode()


def test_owners_are_changed_in_bulk_and_found_again(collector: Client) -> None:
    books_with(3)
    karl = User.objects.get(username="karl")
    chosen = list(Case.objects.order_by("pk").values_list("pk", flat=True)[:2])
    asked = {"action": "change_owner_selected", "_selected_action": chosen}
    assert "Change the owner of 2 cases" in collector.post(CASES, asked).content.decode()
    answer = collector.post(CASES, {**asked, "owner": str(karl.pk)}, follow=True).content.decode()
    assert "2 changed" in answer
    assert [numbers(collector, CASES, owner=whose) for whose in ("me", "nobody")] == [2, 1]


def test_an_event_given_up_is_tried_again_by_a_manager(manager: Client) -> None:
    books_with(1)
    event = OutgoingEvent.objects.get()
    assert "503 down" in manager.get(reverse("admin:dunning_outgoingevent_change", args=[event.pk])).content.decode()
    press(manager, "try_again", event)
    event.refresh_from_db()
    assert event.state == "queued"


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        ({"kind": "task"}, "queue", "Name the queue"),
        ({"kind": "restrict", "queue": "calls"}, "queue", "Only a task, phone call or legal notice has this"),
        ({"kind": "restrict", "script": "Ring them"}, "script", "Only a task, phone call or legal notice has this"),
        ({"kind": "hand_over", "offset_days": -1}, "offset_days", "nothing is owed before"),
        ({"kind": "reminder"}, "template", "Choose what is sent"),
    ],
)
def test_fields_that_do_not_belong_to_a_kind_are_refused(
    db: None, told: dict[str, object], field: str, words: str
) -> None:
    campaign = Campaign.objects.create(name="Standard")
    version = CampaignVersion.objects.create(campaign=campaign, number=1)
    filled = {"offset_days": 5, "tone": 1, "channel": "email", "due_days": 0, **told}
    fields = ["kind", "offset_days", "tone", "channel", "template", "queue", "script", "due_days"]
    form = modelform_factory(Step, form=StepForm, fields=fields)(filled)
    form.instance.version = version
    assert words in str(form.errors[field])


def test_chosen_cases_are_handed_over_and_the_file_is_fetched(manager: Client) -> None:
    [ada] = books_with(1)
    HandedCase.objects.all().delete()
    answer_request()
    case = case_of(ada)
    asked = {"action": "hand_over_selected", "_selected_action": [case.pk]}
    assert "Hand over 1 case" in manager.post(CASES, asked).content.decode()
    answer = manager.post(CASES, {**asked, "agency": "Honest Ltd"}, follow=True)
    assert "1 handed over. The file is below." in answer.content.decode()
    made = HandOver.objects.latest("pk")
    file = manager.get(reverse("admin:dunning_handover_file", args=[made.pk]))
    assert (file.content, file["Content-Type"]) == (bytes(made.file), "application/zip")
    page = manager.get(reverse("admin:dunning_case_change", args=[case.pk])).content.decode()
    assert "Honest Ltd" in page and "Take back" in page


def test_a_call_task_says_what_to_say_and_takes_what_came_of_it(collector: Client) -> None:
    books_with(1)
    answer_request()
    Task.objects.filter(kind="task").update(kind="call")
    Contact.objects.update(phone="+49 1512 3456789")
    task = Task.objects.get(kind="call")
    page = collector.get(reverse("admin:dunning_task_change", args=[task.pk])).content.decode()
    assert "Am I speaking with Ada Lindgren" in page and 'href="tel:+49 1512 3456789"' in page
    [said] = press(collector, "no_answer", task)
    assert said.startswith("Due again on ")
    press(collector, "wrong_number", task, contact=str(Contact.objects.get().pk))
    after = collector.get(reverse("admin:dunning_task_change", args=[task.pk])).content.decode()
    assert "wrong number: +49 1512 3456789" in after and "Am I speaking" not in after
