"""Holds, wishes, caps and hours over weeks of ticks: what goes out, what waits, and what goes on by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customers.models import Customer, Hold
from customers.operations import consideration, holds
from customers.rules.holds import HOLD_RULES, Blocks, HoldKind
from dunning.models import Case, ContactCap, ContactHours, StepRun
from dunning.operations import calls, cases
from dunning.operations.cases import CaseRefusal
from dunning.operations.tick import tick
from payments.models import Claim, ClaimPolicy
from payments.operations.claims import raise_due
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider
from tests.turning import turn

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def ada(provider: Provider) -> Customer:
    """Owes 10 EUR since yesterday, 1 March; nothing has gone out yet."""
    standard_campaign(now=NOW)
    ada = reachable()
    owes(ada, "10.00", due="2026-03-01")
    return ada


def live(first: int, last: int) -> None:
    """Two ticks a day, counted from NOW."""
    turn(NOW + timedelta(days=first), NOW + timedelta(days=last), every=timedelta(hours=12))


def subjects(provider: Provider) -> list[str]:
    return [entry["subject"] for entry in provider.accepted()]


def place(customer: Customer, kind: HoldKind, **choices: object) -> Hold:
    until_on = HOLD_RULES[kind].last_day(NOW.date())
    asked = {"kind": kind, "reason": "told", "until_on": until_on, "now": NOW, "by": None}
    return holds.place(customer, **{**asked, **choices})  # type: ignore[arg-type]


def test_breathing_space_ends_by_itself_after_sixty_days(ada: Customer, provider: Provider) -> None:
    place(ada, HoldKind.BREATHING_SPACE)
    live(0, 60)
    assert subjects(provider) == []
    assert Case.objects.get().next_reason == "on hold until 1 May 2026: told"
    live(60, 62)
    assert subjects(provider) == ["Day 1"]


def test_resuming_does_not_end_what_the_law_asks_for(ada: Customer) -> None:
    tick(now=NOW)
    case = Case.objects.get()
    place(ada, HoldKind.BREATHING_SPACE)
    cases.pause(case, reason="asked for time", until_on=None, now=NOW, by=None)
    assert cases.resume(case, now=NOW, by=None) == 1
    with pytest.raises(CaseRefusal, match="does not end “breathing space”"):
        cases.resume(case, now=NOW, by=None)


@pytest.mark.parametrize("kind", [HoldKind.DECEASED, HoldKind.INSOLVENCY])
def test_death_and_insolvency_stop_contact_and_call_for_a_person(
    ada: Customer, provider: Provider, kind: HoldKind
) -> None:
    live(0, 1)
    place(ada, kind)
    live(1, 40)
    assert subjects(provider) == ["Day 1"]
    assert Case.objects.get().attention == kind


def test_hold_that_blocks_only_fees_or_charges_lets_letters_go(ada: Customer, provider: Provider) -> None:
    place(ada, HoldKind.HARDSHIP, blocks=Blocks(contact=False, charges=True, claims=True))
    live(0, 10)
    assert subjects(provider) == ["Day 1", "Day 7"]


def test_fees_rest_as_the_hold_says_and_not_as_its_kind_does(provider: Provider) -> None:
    standard_campaign(now=NOW)
    ClaimPolicy.objects.create(is_on=True, source="Maria, manager", valid_from=date(2026, 1, 1))
    for name, kind, blocks in (
        ("Ada Lindgren", HoldKind.PAUSE, Blocks(claims=True)),
        ("Grace Okafor", HoldKind.DISPUTE, Blocks()),
        ("Marie Delacroix", HoldKind.BREATHING_SPACE, None),
    ):
        customer = reachable(name, country="DE", kind="business")
        owes(customer, "100.00", due="2026-02-16")
        place(customer, kind, blocks=blocks)
    vulnerable = reachable("Nia Roberts", country="DE", kind="business")
    owes(vulnerable, "100.00", due="2026-02-16")
    consideration.mark_vulnerable(vulnerable, note="carer helps", now=NOW, by=None)
    raise_due(now=NOW)
    assert set(Claim.objects.values_list("invoice__customer__name", flat=True)) == {"Grace Okafor"}


def test_vulnerable_customer_gets_only_what_a_person_sends(ada: Customer, provider: Provider) -> None:
    consideration.mark_vulnerable(ada, note="easily frightened; her daughter helps", now=NOW, by=None)
    live(0, 3)
    case = Case.objects.get()
    assert (subjects(provider), case.attention) == ([], "vulnerable")
    assert StepRun.objects.get(step=case.next_step_id).outcome == "delayed"
    later = NOW + 3 * DAY
    cases.send_next_step_now(case, step_id=case.next_step_id, now=later, by=None)
    live(3, 5)
    assert (subjects(provider), Case.objects.get().attention) == (["Day 1"], "")
    consideration.unmark_vulnerable(ada, now=NOW + 5 * DAY)
    live(5, 12)
    assert subjects(provider) == ["Day 1", "Day 7"]


def test_opt_out_stops_reminders_until_it_is_released(ada: Customer, provider: Provider) -> None:
    stop = consideration.refuse(ada, consideration.Said("email", "", "By e-mail", now=NOW, by=None))
    again = consideration.refuse(ada, consideration.Said("email", "", "On the phone", now=NOW, by=None))
    assert again == stop
    live(0, 3)
    assert (subjects(provider), Case.objects.get().attention) == ([], "opted_out")
    assert consideration.release_stop(stop, source="On the phone", now=NOW + 3 * DAY, by=None)
    assert not consideration.release_stop(stop, source="On the phone", now=NOW + 3 * DAY, by=None)
    live(3, 4)
    assert subjects(provider) == ["Day 1"]


def test_contacts_of_all_channels_and_cases_count(ada: Customer, provider: Provider) -> None:
    """Two calls and the letter of a closed case are three contacts in a week: the next letter waits."""
    live(0, 1)
    cases.close(Case.objects.get(), reason="another contract", now=NOW + DAY, by=None)
    for day in (1, 2):
        calls.record(ada, called_at=NOW + day * DAY, is_talk=False, now=NOW + day * DAY, by=None)
    owes(ada, "20.00", due="2026-03-02")
    live(3, 4)
    case = Case.objects.get(state="open")
    assert subjects(provider) == ["Day 1"]
    assert "at most 3 contacts in 7 days" in case.next_reason
    assert case.next_action_at == datetime(2026, 3, 9, 9, tzinfo=UTC)
    with pytest.raises(CaseRefusal, match="Not now: at most 3 contacts in 7 days"):
        cases.send_next_step_now(case, step_id=case.next_step_id, now=NOW + 3 * DAY, by=None)
    live(4, 8)
    assert len(subjects(provider)) == 2


def test_later_row_takes_over_from_a_shipped_cap(ada: Customer, provider: Provider) -> None:
    for days in (1, 7):
        ContactCap.objects.create(at_most=20, days=days, source="Maria, manager", valid_from=date(2026, 3, 1))
    calls.record(ada, called_at=NOW, is_talk=False, now=NOW, by=None)
    tick(now=NOW)
    assert subjects(provider) == ["Day 1"]


def test_letters_leave_in_the_hours_of_the_country(provider: Provider) -> None:
    standard_campaign(now=NOW)
    ContactHours.objects.create(
        country="DE", opens="11:00", closes="12:00", source="Maria, manager", valid_from=date(2026, 3, 1)
    )
    owes(reachable("Ada Lindgren", country="DE"), "10.00", due="2026-03-01")
    owes(reachable("Grace Okafor", country="FR"), "10.00", due="2026-03-01")
    tick(now=NOW)  # at ten
    assert [entry["to"] for entry in provider.accepted()] == ["grace-okafor@example.com"]
    case = Case.objects.get(customer__name="Ada Lindgren")
    assert case.next_action_at == NOW + timedelta(hours=1)
    tick(now=NOW + timedelta(hours=1))
    assert len(provider.accepted()) == 2
