"""What the desk does to a case, and what the engine then does."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User

from customers.models import Customer, Hold
from customers.operations import holds
from dunning.models import Case, CaseEvent, Notice, StepRun
from dunning.operations import cases
from dunning.operations.cases import CaseRefusal
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def nia() -> User:
    return User.objects.create_user("nia")


@pytest.fixture
def ada(provider: Provider) -> Customer:
    """Owes 10 EUR since yesterday; the first reminder has gone."""
    standard_campaign(now=NOW)
    ada = reachable()
    owes(ada, "10.00", due="2026-03-01")
    tick(now=NOW)
    return ada


def test_pause_waits_until_the_day_after_and_says_why(ada: Customer, nia: User) -> None:
    case = Case.objects.get()
    cases.pause(case, reason="asked for time", until_on=date(2026, 3, 20), now=NOW, by=nia)
    case.refresh_from_db()
    assert case.next_action_at.date() == date(2026, 3, 21)
    assert case.next_reason == "on hold until 20 March 2026: asked for time"
    event = CaseEvent.objects.get(kind="paused")
    assert (event.text, event.actor) == ("Paused until 20 March 2026: asked for time", nia)


def test_pause_until_yesterday_is_refused(ada: Customer, nia: User) -> None:
    with pytest.raises(CaseRefusal, match="1 March 2026 has passed"):
        cases.pause(Case.objects.get(), reason="x", until_on=date(2026, 3, 1), now=NOW, by=nia)
    assert not Hold.objects.exists()


def test_resume_returns_to_the_campaigns_day(ada: Customer, nia: User) -> None:
    case = Case.objects.get()
    cases.pause(case, reason="asked for time", until_on=None, now=NOW, by=nia)
    cases.resume(case, now=NOW, by=nia)
    case.refresh_from_db()
    assert case.next_action_at.date() == date(2026, 3, 8)
    with pytest.raises(CaseRefusal, match="not paused"):
        cases.resume(case, now=NOW, by=nia)


def test_next_step_is_sent_once_however_often_it_is_asked_for(ada: Customer, nia: User, provider: Provider) -> None:
    case = Case.objects.get()
    tomorrow = NOW + timedelta(days=1)
    assert cases.send_next_step_now(case, step_id=case.next_step_id, now=tomorrow, by=nia) == "clear reminder (day +7)"
    tick(now=tomorrow)
    assert [entry["subject"] for entry in provider.accepted()] == ["Day 1", "Day 7"]
    case.refresh_from_db()
    assert (case.level, case.next_action_at.date()) == (2, date(2026, 3, 15))
    assert StepRun.objects.get(step__offset_days=7).reason == "sent before its day by nia"
    tick(now=NOW + timedelta(days=6))  # the day on which it would have gone by itself
    assert len(provider.accepted()) == 2


def test_next_step_is_refused_while_the_case_is_paused(ada: Customer, nia: User) -> None:
    case = Case.objects.get()
    cases.pause(case, reason="asked for time", until_on=None, now=NOW, by=nia)
    with pytest.raises(CaseRefusal, match="Resume first"):
        cases.send_next_step_now(case, step_id=case.next_step_id, now=NOW, by=nia)


def test_closed_case_stays_closed_until_something_new_is_owed(ada: Customer, nia: User, provider: Provider) -> None:
    case = Case.objects.get()
    cases.close(case, reason="settled with their lawyer", now=NOW, by=nia)
    for day in range(1, 40):
        tick(now=NOW + timedelta(days=day))
    assert (Case.objects.get().ending, len(provider.accepted())) == ("closed_by_desk", 1)
    owes(ada, "20.00", due="2026-04-20")
    tick(now=NOW + timedelta(days=48))
    assert Case.objects.filter(state="open").count() == 1
    assert "10.00" not in provider.accepted()[-1]["text"]


def test_released_hold_brings_the_debt_back(ada: Customer, nia: User) -> None:
    cases.close(Case.objects.get(), reason="a mistake", now=NOW, by=nia)
    holds.release(Hold.objects.get(), now=NOW)
    tick(now=NOW)
    assert Case.objects.filter(state="open").count() == 1


@pytest.mark.parametrize("verb", ["pause", "resume", "send", "close"])
def test_closed_case_refuses_every_verb(ada: Customer, nia: User, verb: str) -> None:
    case = Case.objects.get()
    cases.close(case, reason="done", now=NOW, by=nia)
    with pytest.raises(CaseRefusal, match="closed already"):
        match verb:
            case "pause":
                cases.pause(case, reason="x", until_on=None, now=NOW, by=nia)
            case "resume":
                cases.resume(case, now=NOW, by=nia)
            case "send":
                cases.send_next_step_now(case, step_id=case.next_step_id, now=NOW, by=nia)
            case "close":
                cases.close(case, reason="again", now=NOW, by=nia)


def test_hold_set_after_queueing_delays_the_step_and_its_end_lets_it_go(provider: Provider) -> None:
    standard_campaign(now=NOW)
    ada = reachable(time_zone="America/Los_Angeles")
    owes(ada, "10.00", due="2026-03-01")
    evening = NOW.replace(hour=20)
    from dunning.operations.advance import advance_due
    from dunning.operations.opening import open_cases

    open_cases(now=evening)
    advance_due(now=evening)
    hold = holds.place(ada, kind=Hold.Kind.DISPUTE, reason="wrong amount", until_on=None, now=evening, by=None)
    tick(now=evening)
    assert Notice.objects.get().state == "withdrawn"
    assert StepRun.objects.get(step__offset_days=1).outcome == "delayed"
    assert Case.objects.get().level == 0
    holds.release(hold, now=evening)
    tick(now=evening)
    assert (Notice.objects.get().state, len(provider.accepted())) == ("sent", 1)
    assert StepRun.objects.get(step__offset_days=1).outcome == "done"


def test_case_that_cannot_be_decided_is_parked_and_the_others_go_on(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    standard_campaign(now=NOW)
    ada, grace = reachable("Ada Lindgren"), reachable("Grace Okafor")
    for customer in (ada, grace):
        owes(customer, "10.00", due="2026-03-01")
    from dunning.operations import advance

    real = advance.decide

    def decide_unless_ada(facts: object, **clock: object) -> object:
        if facts.customer_id == ada.pk:  # type: ignore[attr-defined]
            raise ZeroDivisionError("a fact nobody thought of")
        return real(facts, **clock)  # type: ignore[arg-type]

    monkeypatch.setattr(advance, "decide", decide_unless_ada)
    report = tick(now=NOW)
    assert (report.parked, report.sent) == (1, 1)
    parked = Case.objects.get(customer=ada)
    assert parked.attention == "parked"
    assert "a fact nobody thought of" in parked.next_reason
    assert parked.next_action_at == NOW + timedelta(hours=1)
    monkeypatch.undo()
    tick(now=NOW + timedelta(hours=1))
    parked.refresh_from_db()
    assert (parked.attention, len(provider.accepted())) == ("", 2)


def test_unknown_time_zone_falls_back_and_blocks_nobody(provider: Provider) -> None:
    standard_campaign(now=NOW)
    owes(reachable(time_zone="Mars/Olympus"), "10.00", due="2026-03-01")
    assert tick(now=NOW).sent == 1


def test_customer_on_hold_from_the_start_is_not_written_to(provider: Provider) -> None:
    standard_campaign(now=NOW)
    ada = reachable()
    owes(ada, "10.00", due="2026-03-01")
    holds.place(ada, kind=Hold.Kind.OTHER, reason="bereavement", until_on=None, now=NOW, by=None)
    tick(now=NOW)
    assert provider.accepted() == []
    assert Case.objects.get().next_reason == "on hold until released: bereavement"
