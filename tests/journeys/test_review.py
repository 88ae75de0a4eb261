"""Letters that wait for a manager, told with a moving clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from customers.models import Hold
from customers.operations import holds
from dunning.models import Case, Notice, ReviewDecision, StepRun
from dunning.operations import cases, review
from dunning.operations.tick import tick
from payments.gateways.sandbox import TEST_CARDS, SandboxGateway
from payments.models import ChargeAttempt
from payments.operations import cards
from tests.campaigns import standard_campaign
from tests.people import owes, paid, reachable
from tests.provider import Provider
from tests.reviewing import MONDAY, at, live, release, verdicts
from tests.turning import sent_to

pytestmark = pytest.mark.django_db


def drop(now: datetime, by: User) -> int:
    return review.drop(Notice.objects.all(), reason="we talk to them on Friday", seen_at=now, now=now, by=by)


def test_a_proposal_waits_and_leaves_once_it_is_released(provider: Provider, maria: User) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    ada = reachable()
    owes(ada, "120.00", due="2026-03-01")
    tick(now=MONDAY)
    case = Case.objects.get()
    assert (Notice.objects.get().state, case.level, case.attention) == ("proposed", 0, "review")
    assert case.next_reason == (
        "the friendly reminder (day +1) waits for review since 2 March 2026; "
        "if nobody decides, it is decided anew on 5 March 2026"
    )
    live(at(3, 10))
    assert provider.accepted() == []
    assert release(at(3, 11), maria) == 1
    tick(now=at(3, 11))
    assert sent_to(ada) == [("03-03", "Day 1")]
    decision = ReviewDecision.objects.get()
    assert (decision.verdict, decision.decided_by, decision.proposed_at) == ("unchanged", maria, MONDAY)
    case.refresh_from_db()
    assert (case.level, case.attention) == (1, "")


def test_the_next_step_keeps_its_distance_from_the_day_of_release(provider: Provider, maria: User) -> None:
    standard_campaign(now=MONDAY, reviewed_on=(1,))
    ada = reachable()
    owes(ada, "120.00", due="2026-03-01")
    live(at(4))
    release(at(4), maria)
    live(at(12), since=at(4))
    assert sent_to(ada) == [("03-04", "Day 1"), ("03-10", "Day 7")]


def test_only_the_steps_that_are_reviewed_wait(provider: Provider) -> None:
    standard_campaign(now=MONDAY, reviewed_on=(7,))
    ada = reachable()
    owes(ada, "120.00", due="2026-03-01")
    live(at(8))
    assert sent_to(ada) == [("03-02", "Day 1")]
    assert Notice.objects.get(state="proposed").step.offset_days == 7


def test_a_letter_released_at_night_leaves_in_the_customer_s_day(provider: Provider, maria: User) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    ada = reachable()
    owes(ada, "120.00", due="2026-03-01")
    tick(now=MONDAY)
    release(at(2, 22), maria)
    tick(now=at(2, 22))
    assert provider.accepted() == []
    live(at(3), since=at(2, 23))
    assert sent_to(ada) == [("03-03", "Day 1")]


def test_a_dropped_letter_is_skipped_with_name_and_reason_and_the_next_comes_on_its_day(
    provider: Provider, maria: User
) -> None:
    standard_campaign(now=MONDAY, reviewed_on=(1,))
    ada = reachable()
    owes(ada, "120.00", due="2026-03-01")
    tick(now=MONDAY)
    assert drop(MONDAY, maria) == 1
    run = StepRun.objects.get(step__offset_days=1)
    assert (run.outcome, run.reason) == ("skipped", "dropped at review by maria: we talk to them on Friday")
    live(at(9))
    assert sent_to(ada) == [("03-08", "Day 7")]
    assert verdicts() == ["dropped"]


def test_after_a_late_drop_the_next_step_does_not_follow_at_once(provider: Provider, maria: User) -> None:
    standard_campaign(now=MONDAY, reviewed_on=(1, 7))
    ada = reachable()
    owes(ada, "120.00", due="2026-03-01")
    tick(now=MONDAY)
    release(MONDAY, maria)
    live(at(14))  # day 7 was proposed on the 8th and again later
    drop(at(14), maria)
    live(at(16), since=at(14))
    assert [subject for _, subject in sent_to(ada)] == ["Day 1"]
    reason = Case.objects.get().next_reason
    assert reason.startswith("7 days after a reminder was dropped at review (14 March 2026)")
    live(at(22), since=at(16))
    assert sent_to(ada)[1:] == [("03-21", "Day 14")]


def test_dropping_every_letter_ends_with_a_person_and_sends_nothing(provider: Provider, maria: User) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    owes(reachable(), "120.00", due="2026-03-01")
    moment = MONDAY
    for _ in range(45):
        tick(now=moment)
        drop(moment, maria)
        moment += timedelta(days=1)
    assert provider.accepted() == []
    assert Case.objects.get().attention == "end_of_road"
    assert verdicts() == ["dropped"] * 4


def test_an_undecided_proposal_expires_and_comes_back_with_the_facts_of_that_day(
    provider: Provider, maria: User
) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    ada = reachable()
    owes(ada, "120.00", due="2026-03-01")
    live(at(5, 8))
    assert Notice.objects.get().queued_at == MONDAY
    live(at(5), since=at(5, 8))
    assert verdicts() == ["expired"]
    proposal = Notice.objects.get()
    assert (proposal.state, proposal.queued_at > at(5, 8)) == ("proposed", True)
    assert StepRun.objects.get(step__offset_days=1).outcome == "done"
    release(at(5), maria)
    tick(now=at(5))
    assert sent_to(ada) == [("03-05", "Day 1")]


def test_weekends_do_not_count_for_the_patience(provider: Provider) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    owes(reachable(country="DE"), "120.00", due="2026-03-04")
    live(at(9), since=at(5))  # proposed on Thursday; the third working day is Tuesday
    assert verdicts() == []
    live(at(10), since=at(9))
    assert verdicts() == ["expired"]


def test_an_older_proposal_is_never_released_for_a_newer_one(provider: Provider, maria: User) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    invoice = owes(reachable(), "120.00", due="2026-03-01")
    tick(now=MONDAY)
    paid(invoice, at(2, 11), "20.00")
    tick(now=at(2, 12))
    assert review.release(Notice.objects.all(), seen_at=at(2, 11), now=at(2, 13), by=maria) == 0
    assert Notice.objects.get().lines[0]["balance"] == "100.0000"
    assert verdicts() == ["withdrawn"]
    assert release(at(2, 13), maria) == 1


def test_what_is_paid_while_proposed_is_never_sent_and_closes_without_thanks(provider: Provider) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    invoice = owes(reachable(), "120.00", due="2026-03-01")
    tick(now=MONDAY)
    paid(invoice, at(2, 23), "120.00")
    tick(now=at(2, 23))  # at night too
    live(at(6), since=at(3))
    assert provider.accepted() == []
    assert (Case.objects.get().state, Notice.objects.get().state) == ("closed", "withdrawn")
    assert StepRun.objects.get(step__offset_days=1).outcome == "skipped"
    assert verdicts() == ["withdrawn"]


def test_a_hold_takes_the_proposal_back_and_its_end_brings_it_again(provider: Provider) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    ada = reachable()
    owes(ada, "120.00", due="2026-03-01")
    tick(now=MONDAY)
    until = date(2026, 3, 4)
    holds.place(ada, kind=Hold.Kind.PROMISE, reason="pays", until_on=until, now=at(2, 12), by=None)
    tick(now=at(2, 12))
    assert (Notice.objects.get().state, Case.objects.get().attention) == ("withdrawn", "")
    live(at(5), since=at(3))
    assert Notice.objects.get().state == "proposed"
    assert provider.accepted() == []


def test_closing_the_case_by_hand_takes_its_proposal_back(provider: Provider, maria: User) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    owes(reachable(), "120.00", due="2026-03-01")
    tick(now=MONDAY)
    cases.close(Case.objects.get(), reason="we write it off", now=MONDAY, by=maria)
    assert Notice.objects.get().state == "withdrawn"
    assert verdicts() == ["withdrawn"]
    assert release(at(3), maria) == 0


def test_a_released_letter_whose_facts_change_is_withdrawn_and_proposed_again(provider: Provider, maria: User) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    ada = reachable()
    owes(ada, "120.00", due="2026-03-01")
    tick(now=MONDAY)
    release(at(2, 11), maria)
    hold = holds.place(ada, kind=Hold.Kind.OTHER, reason="wait", until_on=None, now=at(2, 12), by=None)
    tick(now=at(2, 12))
    assert Notice.objects.get().state == "withdrawn"
    assert Case.objects.get().level == 0
    holds.release(hold, now=at(3))
    tick(now=at(3))
    assert Notice.objects.get().state == "proposed"
    assert provider.accepted() == []


def test_a_step_sent_before_its_day_waits_for_review_too(provider: Provider, maria: User) -> None:
    standard_campaign(now=MONDAY, reviewed_on=(7,))
    ada = reachable()
    owes(ada, "120.00", due="2026-03-01")
    live(at(3))
    case = Case.objects.get()
    cases.send_next_step_now(case, step_id=case.next_step_id, now=at(3, 11), by=maria)
    tick(now=at(3, 11))
    assert Notice.objects.filter(state="proposed").count() == 1
    live(at(4), since=at(3, 12))
    assert Notice.objects.filter(state="proposed").count() == 1
    release(at(4), maria)
    tick(now=at(4))
    assert sent_to(ada)[1:] == [("03-04", "Day 7")]


def test_a_card_is_charged_on_its_day_though_nobody_has_read_the_letter(
    provider: Provider, gateway: SandboxGateway
) -> None:
    start = datetime(2026, 2, 6, 10, 0, tzinfo=UTC)
    standard_campaign(now=start, is_reviewed=True, charge_on=0)
    ada = reachable()
    cards.keep(ada, TEST_CARDS["test_4242"].card, gateway="sandbox", now=start, may_charge=True)
    owes(ada, "120.00", due="2026-02-10")
    live(datetime(2026, 2, 9, 22, 0, tzinfo=UTC), since=start)
    assert Notice.objects.get().state == "proposed"
    live(datetime(2026, 2, 10, 16, 0, tzinfo=UTC), since=datetime(2026, 2, 10, 4, 0, tzinfo=UTC))
    attempt = ChargeAttempt.objects.get()
    assert (f"{attempt.started_at:%m-%d}", attempt.state) == ("02-10", "succeeded")
    assert provider.accepted() == []
    assert (Case.objects.get().state, Notice.objects.get().state) == ("closed", "withdrawn")
    assert verdicts() == ["withdrawn"]
