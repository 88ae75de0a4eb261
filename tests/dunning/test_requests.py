"""What customers ask for: granted within the policy, else a task; one at a time; every outcome told by mail, once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from pytest_django import Settings

from customers.models import Customer, Hold
from dunning.models import Case, CaseEvent, Confirmation, CustomerRequest, HelpPolicy, Task
from dunning.operations import answering, requests, tasks
from dunning.operations.confirmations import send_confirmations
from dunning.operations.requests import Asked, ask
from dunning.operations.tick import tick
from dunning.rules.needs import Need
from payments.models import InstalmentPlan
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, pays, reachable
from tests.provider import Provider, ProviderLosingAnswers, ProviderLosingAnswersWithKeys

pytestmark = pytest.mark.django_db
TODAY, DAY = NOW.date(), timedelta(days=1)


@pytest.fixture
def ada(provider: Provider) -> Customer:
    """Ada owes 300 and has had one reminder."""
    standard_campaign(now=NOW)
    ada = reachable("Ada Lindgren", country="DE", time_zone="Europe/Berlin")
    owes(ada, "300.00")
    tick(now=NOW - DAY)
    return ada


def asks(customer: Customer, days: int = 10, need: Need = Need.LATER, **told: object) -> CustomerRequest:
    return ask(customer, Asked(need, on=TODAY + days * DAY, **told), now=NOW)  # type: ignore[arg-type]


def letters(provider: Provider) -> list[str]:
    return [entry["subject"] for entry in provider.accepted()]


def test_promise_within_the_policy_rests_reminders_and_is_confirmed(ada: Customer, provider: Provider) -> None:
    before = len(letters(provider))
    request = asks(ada)
    tick(now=NOW)
    tick(now=NOW + DAY)
    hold = Hold.objects.get()
    assert (request.state, request.hold, hold.kind, hold.until_on) == ("granted", hold, "promise", TODAY + 10 * DAY)
    assert letters(provider)[before:] == ["Your account with Example Company: your new date"]
    assert "12 March 2026" in provider.accepted()[-1]["text"]
    told = CaseEvent.objects.get(kind="request").text
    assert told == "The customer pays later, 12 March 2026, on their own page: granted at once"
    assert not Task.objects.exists()


def test_on_the_day_before_one_note_goes_out_while_something_is_open(ada: Customer, provider: Provider) -> None:
    asks(ada)
    tick(now=NOW)
    before = len(letters(provider))
    for moment in (
        NOW + 8 * DAY,
        NOW + 9 * DAY - timedelta(hours=3),
        NOW + 9 * DAY,
        NOW + 9 * DAY + timedelta(hours=1),
    ):
        tick(now=moment)
    assert letters(provider)[before:] == ["Your account with Example Company: tomorrow"]
    assert "12 March 2026" in provider.accepted()[-1]["text"]


def test_nobody_is_reminded_of_a_promise_that_is_kept(ada: Customer, provider: Provider) -> None:
    asks(ada)
    pays(ada, "300", NOW + DAY)
    tick(now=NOW + 9 * DAY)
    assert "tomorrow" not in " ".join(letters(provider))


def test_promise_beyond_the_policy_waits_for_a_person_with_a_day_for_the_answer(ada: Customer) -> None:
    request = asks(ada, days=15)
    task = Task.objects.get()
    assert (request.state, request.answer_on) == ("waiting", date(2026, 3, 4))
    assert request.why_a_person == "15 days are asked for, the policy allows 14"
    assert (task.request, task.queue, task.due_on) == (request, "requests", date(2026, 3, 4))
    assert request.hold and (request.hold.kind, request.hold.until_on) == ("other", date(2026, 3, 4))
    assert request.hold.reason == "we owe an answer: pays later, on their own page"


def test_segment_has_a_policy_of_its_own(ada: Customer) -> None:
    Customer.objects.filter(pk=ada.pk).update(segment="key account")
    HelpPolicy.objects.create(segment="key account", longest_promise_days=60)
    assert asks(ada, days=60).state == "granted"


def test_second_ask_about_time_gives_the_first_one(ada: Customer) -> None:
    first = asks(ada)
    assert asks(ada, days=3, need=Need.EXTENSION, text="Wages first") == first
    assert (CustomerRequest.objects.count(), Hold.objects.count(), Confirmation.objects.count()) == (1, 1, 1)


def test_database_holds_one_live_request_about_time(ada: Customer) -> None:
    asks(ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerRequest.objects.create(customer=ada, kind="extension", state="granted", raised_at=NOW)


def test_after_its_day_another_may_be_asked_for(ada: Customer) -> None:
    first = asks(ada, days=2)
    HelpPolicy.objects.update(person_after_broken=False)
    later = ask(ada, Asked(Need.LATER, on=TODAY + 9 * DAY), now=NOW + 3 * DAY)
    assert later != first
    assert later.state == "granted"


def test_broken_promise_brings_the_next_one_to_a_person(ada: Customer) -> None:
    asks(ada, days=2)
    later = ask(ada, Asked(Need.LATER, on=TODAY + 9 * DAY), now=NOW + 3 * DAY)
    assert (later.state, later.why_a_person) == ("waiting", "a promise or a plan was broken lately")


def test_parts_become_a_plan_with_the_dates_that_were_shown(ada: Customer, provider: Provider) -> None:
    request = asks(ada, days=0, need=Need.PARTS, parts=3, amount=Decimal("300.00"), currency="EUR")
    send_confirmations(now=NOW)
    plan = InstalmentPlan.objects.get()
    lines = list(plan.instalments.order_by("number").values_list("due_on", "amount"))
    assert (request.plan, request.state) == (plan, "granted")
    assert lines == [(date(2026, month, 2), Decimal("100.00")) for month in (3, 4, 5)]
    assert "2 April 2026 · 100,00\xa0€" in provider.accepted()[-1]["text"]


def test_parts_of_another_sum_than_was_shown_are_not_agreed(ada: Customer) -> None:
    with pytest.raises(requests.ChangedMeanwhile):
        asks(ada, need=Need.PARTS, parts=3, amount=Decimal("299.00"), currency="EUR")
    assert not (CustomerRequest.objects.exists() or InstalmentPlan.objects.exists() or Confirmation.objects.exists())


def test_dispute_stops_the_invoice_and_nothing_else(ada: Customer) -> None:
    second = owes(ada, "50.00")
    request = asks(ada, need=Need.DISPUTE, invoice=second, text="Never ordered")
    assert request.hold and (request.hold.kind, request.hold.invoice, request.hold.until_on) == (
        "dispute",
        second,
        None,
    )
    assert asks(ada, need=Need.DISPUTE, invoice=ada.invoices.earliest("pk"), text="Nor this") != request
    assert asks(ada, need=Need.DISPUTE, invoice=second, text="Again") == request


def test_paid_already_pauses_for_the_days_of_the_policy(ada: Customer) -> None:
    request = asks(ada, days=-3, need=Need.PAID, reference="RF18")
    assert request.hold and (request.hold.kind, request.hold.until_on) == ("money_in_transit", date(2026, 3, 9))


def test_who_is_in_difficulty_is_left_to_a_person(ada: Customer) -> None:
    request = asks(ada, need=Need.DIFFICULTY, text="I lost my job")
    ada.refresh_from_db()
    assert ada.vulnerable_since == NOW
    assert request.hold and (request.hold.kind, request.hold.until_on) == ("hardship", None)


@pytest.mark.parametrize("field", ["text", "reference", "phone"])
def test_card_number_is_stored_nowhere(ada: Customer, field: str) -> None:
    with pytest.raises(requests.RequestRefusal) as refused:
        asks(ada, need=Need.CALL, **{field: "it is 4242 4242 4242 4242"})
    assert "4242" not in str(refused.value)
    assert not CustomerRequest.objects.exists()


def test_nobody_needs_more_than_ten_requests_a_day(ada: Customer) -> None:
    for _ in range(10):
        request = asks(ada, need=Need.CALL)
        CustomerRequest.objects.filter(pk=request.pk).update(state="settled", closed_at=NOW)
    with pytest.raises(requests.TooManyRequests):
        asks(ada, need=Need.CALL)


def test_person_agrees_and_the_customer_hears_of_it(ada: Customer, maria: User, provider: Provider) -> None:
    request = asks(ada, days=40)
    answering.agree(request, now=NOW, by=maria)
    send_confirmations(now=NOW)
    request.refresh_from_db()
    assert (request.state, request.answered_by, Task.objects.get().state) == ("granted", maria, "done")
    in_force = Hold.objects.get(released_at=None)
    assert (in_force.kind, in_force.until_on) == ("promise", TODAY + 40 * DAY)
    assert [subject[-20:] for subject in letters(provider)[-2:]] == [
        "we have your message",
        "ompany: your new date"[-20:],
    ]
    with pytest.raises(answering.AnswerRefusal):
        answering.decline(request, answer="No", now=NOW, by=maria)


def test_person_declines_and_reminders_go_on(ada: Customer, maria: User, provider: Provider) -> None:
    request = asks(ada, days=40)
    answering.decline(request, answer="Two weeks would be possible.", now=NOW, by=maria)
    send_confirmations(now=NOW)
    request.refresh_from_db()
    assert (request.state, request.closed_at) == ("declined", NOW)
    assert not Hold.objects.filter(released_at=None).exists()
    assert "Two weeks would be possible." in provider.accepted()[-1]["text"]


def test_person_settles_a_dispute(ada: Customer, maria: User) -> None:
    request = asks(ada, need=Need.DISPUTE, invoice=ada.invoices.get(), text="Wrong")
    answering.settle(request, answer="It is right.", releases=True, now=NOW, by=maria)
    assert not Hold.objects.filter(released_at=None).exists()
    assert Confirmation.objects.filter(request=request).count() == 2


def test_task_ends_by_the_answer_only(ada: Customer, maria: User) -> None:
    asks(ada, need=Need.CALL, phone="+49 30 1234")
    with pytest.raises(tasks.TaskRefusal):
        tasks.finish(Task.objects.get(), outcome="Called", now=NOW, by=maria)


def test_task_to_answer_outlives_the_case(ada: Customer) -> None:
    asks(ada, need=Need.CALL, phone="+49 30 1234")
    asks(ada, days=0, need=Need.PARTS, parts=2, amount=Decimal("300.00"), currency="EUR")
    tick(now=NOW)
    assert Case.objects.get().state == "closed"
    assert Task.objects.get(kind="request").state == "open"


@pytest.mark.parametrize(("kind", "sent"), [(ProviderLosingAnswers, 1), (ProviderLosingAnswersWithKeys, 2)])
def test_confirmation_of_unknown_fate_is_repeated_only_under_a_key_that_counts(
    ada: Customer, settings: Settings, provider: Provider, kind: type, sent: int
) -> None:
    before = len(provider.accepted())
    asks(ada)
    options = {"journal": str(provider.journal)}
    settings.DUNNING_CHANNELS = {"email": {"class": f"tests.provider.{kind.__name__}", "options": options}}
    for minutes in (0, 1, 5):
        send_confirmations(now=NOW + timedelta(minutes=minutes))
    assert Confirmation.objects.get().state == "in_doubt"
    keys = [entry["key"] for entry in provider.accepted()[before:]]
    assert (len(keys), len(set(keys))) == (1, 1)
    assert Confirmation.objects.get().attempts == sent


def test_customer_without_an_address_is_told_on_the_page_only(ada: Customer) -> None:
    ada.contacts.update(email="")
    asks(ada)
    send_confirmations(now=NOW)
    assert Confirmation.objects.get().state == "refused"
