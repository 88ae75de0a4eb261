"""What came of a call: a promise, good will, silence, somebody else. Each is recorded, and nothing else happens."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User

from customers.models import Contact, Customer, Hold, SuppressedAddress
from dunning.models import Call, CaseEvent, Task
from dunning.operations import call_outcomes
from dunning.operations.advance import facts_of
from dunning.operations.call_outcomes import CallOutcomeRefusal
from dunning.operations.tasks import TaskRefusal
from dunning.operations.tick import tick
from dunning.queries.call_sheet import NOTHING_TO_ASK, call_sheet, numbers_of
from dunning.queries.case_file import case_file
from dunning.rules.words import Tone
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, pays, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
FRIDAY = NOW + timedelta(days=4)  # 6 March, on which the call of day 5 is due


@pytest.fixture
def nia() -> User:
    return User.objects.create_user("nia")


@pytest.fixture
def ada(provider: Provider) -> Customer:
    standard_campaign(now=NOW, steps=[(1, Tone.FRIENDLY), (30, Tone.CLEAR)], actions={"call": 5})
    ada = reachable(country="DE", language="de-AT")
    ada.contacts.update(phone="0151 23456789")
    owes(ada, "10.00", due="2026-03-01")
    tick(now=NOW)
    return ada


@pytest.fixture
def task(ada: Customer) -> Task:
    tick(now=FRIDAY)
    return Task.objects.select_related("case__customer").get()


def again(task: Task) -> Task:
    return Task.objects.select_related("case__customer").get(pk=task.pk)


def recorded() -> list[tuple[bool, str]]:
    return list(Call.objects.order_by("pk").values_list("is_talk", "note"))


def test_a_promise_leaves_them_alone_until_its_day(task: Task, nia: User) -> None:
    call_outcomes.promised(task, until_on=date(2026, 3, 13), note="after payday", now=FRIDAY, by=nia)
    hold = Hold.objects.get()
    assert (hold.kind, hold.until_on, hold.blocks_contact) == ("promise", date(2026, 3, 13), True)
    assert (again(task).state, recorded()) == ("done", [(True, "promised to pay by 13 March 2026. after payday")])
    assert "Phone call (calls) done: promised to pay by 13 March 2026" in CaseEvent.objects.latest("pk").text


def test_a_day_that_has_passed_is_no_promise_and_changes_nothing(task: Task, nia: User) -> None:
    with pytest.raises(CallOutcomeRefusal, match="5 March 2026 has passed"):
        call_outcomes.promised(task, until_on=date(2026, 3, 5), now=FRIDAY, by=nia)
    assert (again(task).state, recorded(), Hold.objects.count()) == ("open", [], 0)


def test_good_will_without_a_day_is_recorded_and_the_campaign_goes_on(task: Task, nia: User) -> None:
    call_outcomes.will_pay(task, now=FRIDAY, by=nia)
    assert (again(task).outcome, recorded()) == ("will pay, without a day", [(True, "will pay, without a day")])
    assert (Hold.objects.count(), again(task).case.state) == (0, "open")
    with pytest.raises(TaskRefusal, match="done already"):
        call_outcomes.will_pay(task, now=FRIDAY, by=nia)
    assert Call.objects.count() == 1, "pressed twice, talked once"


def test_silence_is_tried_again_on_working_days_and_ends_after_three(task: Task, nia: User) -> None:
    assert call_outcomes.no_answer(task, now=FRIDAY, by=nia) == date(2026, 3, 9), "a weekend lies between"
    assert (again(task).due_on, again(task).tries, again(task).state) == (date(2026, 3, 9), 1, "open")
    assert call_outcomes.no_answer(task, now=FRIDAY + timedelta(days=3), by=nia) == date(2026, 3, 10)
    assert call_outcomes.no_answer(task, now=FRIDAY + timedelta(days=4), by=nia) is None
    assert (again(task).state, again(task).outcome) == ("done", "nobody answered, 3 times")
    assert recorded() == [(False, "nobody answered")] * 3


def test_wrong_number_is_left_alone_by_phone_and_text_and_another_is_looked_for(task: Task, nia: User) -> None:
    contact = Contact.objects.get()
    call_outcomes.wrong_number(task, contact=contact, now=FRIDAY, by=nia)
    gone = SuppressedAddress.objects.order_by("channel").values_list("channel", "address", "reason")
    assert list(gone) == [(channel, "+4915123456789", "somebody_else") for channel in ("call", "sms")]
    assert numbers_of(task.case.customer) == []
    assert [one.gone_call for one in case_file(task.case, today=FRIDAY.date()).contacts] == ["+4915123456789"]
    search = Task.objects.get(kind="address")
    assert search.script.startswith("0151 23456789: somebody else answers there. Find the right address")
    outcome = "wrong number: 0151 23456789"
    assert (again(task).outcome, recorded()) == (outcome, [(False, outcome)])


def test_number_of_somebody_else_cannot_be_named(task: Task, nia: User) -> None:
    grace = Contact.objects.create(customer=reachable("Grace Okafor"), phone="0151 1", is_primary=False)
    with pytest.raises(CallOutcomeRefusal, match="no such number on file"):
        call_outcomes.wrong_number(task, contact=grace, now=FRIDAY, by=nia)
    assert again(task).state == "open"


def test_other_work_is_no_call(task: Task, nia: User) -> None:
    Task.objects.update(kind="legal")
    with pytest.raises(CallOutcomeRefusal, match="no phone call"):
        call_outcomes.no_answer(again(task), now=FRIDAY, by=nia)


def test_the_sheet_speaks_the_customers_language_and_knows_what_was_paid_meanwhile(task: Task) -> None:
    sheet = call_sheet(task.case, facts_of(task.case, now=FRIDAY), now=FRIDAY)
    assert (sheet.language, [contact.phone for contact in sheet.contacts]) == ("de", ["0151 23456789"])
    assert "Spreche ich mit Ada Lindgren" in sheet.script[0] and "10,00" in sheet.script[1]
    assert sheet.advice.startswith("calls are fine today")
    pays(task.case.customer, "10.00", FRIDAY)
    later = call_sheet(task.case, facts_of(task.case, now=FRIDAY), now=FRIDAY)
    assert (later.advice, later.script) == (NOTHING_TO_ASK, [])
