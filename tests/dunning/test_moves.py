"""Moving running cases to another version: nothing twice, nothing milder, every case decided anew."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.deadline import Deadline
from dunning.models import CampaignVersion, Case, CaseEvent, CaseMove, Notice, ReviewDecision, Step, StepRun
from dunning.operations import moves
from dunning.operations.campaigns import CampaignRefusal, draft_of, publish
from dunning.operations.cases import send_next_step_now
from dunning.operations.opening import open_cases
from dunning.operations.tick import tick
from dunning.rehearsal import moving
from dunning.rehearsal.moving import preview
from dunning.rules.words import Tone
from payments.models import Payment
from payments.operations import payments
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db

LATER = [(-3, Tone.FRIENDLY), (3, Tone.FRIENDLY), (10, Tone.CLEAR), (20, Tone.FIRM), (40, Tone.FORMAL)]


def days(number: int) -> timedelta:
    return timedelta(days=number)


def next_version(first: CampaignVersion, steps: Sequence[tuple[int, Tone]] = LATER) -> CampaignVersion:
    """The next version of the campaign, with its reminders on other days."""
    draft = draft_of(first.campaign, now=NOW)
    reminders = draft.steps.filter(kind="reminder").order_by("position")
    for step, (day, tone) in zip(reminders, steps, strict=True):
        Step.objects.filter(pk=step.pk).update(offset_days=day, tone=tone)
    return publish(draft, now=NOW)


def move(version: CampaignVersion, *, now: datetime) -> int:
    moves.order(version, now=now, by=None)
    return moves.carry_out(now=now)


def sent(provider: Provider) -> list[str]:
    return [message["subject"] for message in provider.accepted()]


def test_cases_stay_on_their_version_until_they_are_moved(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    next_version(first)
    tick(now=NOW + days(1))
    assert Case.objects.get().version == first


def test_moved_case_gets_no_letter_twice_and_goes_on_at_the_new_pace(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    tick(now=NOW + days(6))
    assert sent(provider) == ["Day 1", "Day 7"]
    second = next_version(first)
    assert move(second, now=NOW + days(7)) == 1
    case = Case.objects.get()
    assert (case.version, case.level) == (second, Tone.CLEAR)
    assert (str(case.next_step), case.next_action_at) == ("firm reminder (day +20)", datetime_of("2026-03-21"))
    for day in range(8, 50):
        tick(now=NOW + days(day))
    assert sent(provider) == ["Day 1", "Day 7", "Day 14", "Day 30"]


def datetime_of(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00+00:00")


def test_move_is_an_event_of_the_case_and_the_ledger_is_kept(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    before = list(StepRun.objects.order_by("pk").values_list())
    move(next_version(first), now=NOW)
    assert list(StepRun.objects.filter(step__version=first).order_by("pk").values_list()) == before
    event = CaseEvent.objects.get(kind="moved")
    assert event.text == "Moved from v1 to Standard v2; what was sent before counts"


def test_letter_that_only_waits_is_taken_back_and_decided_anew(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    night = NOW.replace(hour=22)
    tick(now=night)
    case = Case.objects.get()
    send_next_step_now(case, step_id=case.next_step_id, now=night, by=None)
    case.refresh_from_db()
    assert case.level == Tone.FRIENDLY
    move(next_version(first), now=night)
    case.refresh_from_db()
    assert Notice.objects.get().state == Notice.State.WITHDRAWN
    assert (case.level, str(case.next_step)) == (0, "friendly reminder (day +3)")


def test_proposal_is_taken_back_and_decided_anew(provider: Provider) -> None:
    first = standard_campaign(now=NOW, is_reviewed=True)
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    assert Notice.objects.get().state == Notice.State.PROPOSED
    move(next_version(first), now=NOW)
    assert Notice.objects.get().state == Notice.State.WITHDRAWN
    assert ReviewDecision.objects.get().verdict == "withdrawn"
    tick(now=NOW + days(2))
    again = Notice.objects.get(state=Notice.State.PROPOSED)
    assert (again.step.offset_days, again.step.version.number) == (3, 2)


def test_preview_says_what_the_move_then_does(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    for name, due in (("Ada Lindgren", "2026-03-01"), ("Grace Okafor", "2026-02-20"), ("Jun Tanaka", "2026-01-20")):
        owes(reachable(name), "10.00", due=due)
    tick(now=NOW)
    second = next_version(first)
    shown = preview(second, page=1, now=NOW + days(9))
    assert (shown.total, shown.sources) == (3, [("v1", 3)])
    foreseen = {row.case.pk: (row.after.step, row.after.at) for row in shown.rows}
    assert [row.counts_as for row in shown.rows] == ["friendly reminder (day +3)"] * 3
    move(second, now=NOW + days(9))
    for case in Case.objects.all():
        step, at = foreseen[case.pk]
        told = StepRun.objects.filter(case=case, decided_at=NOW + days(9), outcome="done").first()
        assert step == str(told.step if told else case.next_step)
        assert told or at == case.next_action_at


def test_preview_writes_nothing_and_costs_as_much_for_three_cases_as_for_one(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    second = next_version(first)
    counts = []
    for name in ("Ada Lindgren", "Grace Okafor", "Jun Tanaka"):
        owes(reachable(name), "10.00", due="2026-03-01")
        tick(now=NOW)
        Case.objects.update(version=first)
        preview(second, page=1, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            preview(second, page=1, now=NOW)
        counts.append(len(queries))
        assert not any(query["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for query in queries)
    assert counts[0] == counts[2]


def test_further_page_shows_its_own_cases_and_leaves_the_totals_to_the_first(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "PAGE", 2)
    first = standard_campaign(now=NOW)
    for name in ("Ada Lindgren", "Grace Okafor", "Jun Tanaka"):
        owes(reachable(name), "10.00", due="2026-03-01")
    tick(now=NOW)
    second = next_version(first)
    pages = [preview(second, page=page, now=NOW) for page in (1, 2)]
    assert [[row.case.customer.name for row in page.rows] for page in pages] == [
        ["Ada Lindgren", "Grace Okafor"],
        ["Jun Tanaka"],
    ]
    assert [page.total for page in pages] == [3, 3]
    assert [sum(cases for _, cases in page.changes) for page in pages] == [3, 0]


def test_case_that_changed_since_the_preview_is_decided_on_what_is_true_then(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    ada = reachable()
    owes(ada, "10.00", due="2026-03-01")
    tick(now=NOW)
    second = next_version(first)
    preview(second, page=1, now=NOW)
    moves.order(second, now=NOW, by=None)
    received = {"received_on": NOW.date(), "source": Payment.Source.DESK}
    payments.record(ada, amount=Decimal(10), currency="EUR", now=NOW, **received)  # type: ignore[arg-type]
    moves.carry_out(now=NOW)
    assert Case.objects.get().state == Case.State.CLOSED


def test_move_goes_on_where_it_stopped(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "BATCH", 2)
    first = standard_campaign(now=NOW)
    for name in ("Ada Lindgren", "Grace Okafor", "Jun Tanaka"):
        owes(reachable(name), "10.00", due="2026-03-01")
    tick(now=NOW)
    second = next_version(first)
    ordered = moves.order(second, now=NOW, by=None)
    assert moves._move_batch(ordered.pk, NOW) == 2
    assert str(CaseMove.objects.get()) == "Move to Standard v2: 2 of 3 cases"
    with pytest.raises(CampaignRefusal, match="are being moved right now"):
        moves.order(first, now=NOW, by=None)
    assert moves.carry_out(now=NOW, deadline=Deadline(0)) == 0
    tick(now=NOW)
    assert set(Case.objects.values_list("version", flat=True)) == {second.pk}
    assert CaseMove.objects.get().finished_at == NOW


def test_case_opened_under_a_version_published_since_is_not_moved_back(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    second = next_version(first)
    moves.order(second, now=NOW, by=None)
    third = next_version(second)
    owes(reachable("Grace Okafor"), "10.00", due="2026-03-01")
    open_cases(now=NOW + timedelta(hours=1))
    moves.carry_out(now=NOW + timedelta(hours=1))
    assert list(Case.objects.order_by("pk").values_list("version", flat=True)) == [second.pk, third.pk]


def test_moving_back_counts_what_the_other_version_sent(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    second = next_version(first)
    move(second, now=NOW)
    tick(now=NOW + days(9))
    move(first, now=NOW + days(10))
    assert str(Case.objects.get().next_step) == "firm reminder (day +14)"
    assert sent(provider) == ["Day 1", "Day 7"]


def test_what_cannot_be_moved_is_refused_with_a_reason(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    with pytest.raises(CampaignRefusal, match="follows Standard v1 already"):
        moves.order(first, now=NOW, by=None)
    with pytest.raises(CampaignRefusal, match="still a draft"):
        moves.order(draft_of(first.campaign, now=NOW), now=NOW, by=None)


def test_thanks_are_said_for_what_a_former_version_reminded_of(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    ada = reachable()
    invoice = owes(ada, "10.00", due="2026-03-01")
    tick(now=NOW)
    move(next_version(first), now=NOW)
    payments.record(
        ada, amount=invoice.balance, currency="EUR", received_on=NOW.date(), source=Payment.Source.DESK, now=NOW
    )
    tick(now=NOW)
    assert sent(provider) == ["Day 1", "Thank you"]
