"""A worker that dies while it moves cases to another version: each case is moved once, and written to no more often."""

import pytest

from dunning.models import Case, CaseEvent, CaseMove
from dunning.operations import moves
from dunning.operations.campaigns import draft_of, publish
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.faults.engine_process import run_tick
from tests.people import NOW, owes, reachable
from tests.provider import Provider


@pytest.mark.django_db(transaction=True)
def test_move_killed_before_its_commit_is_made_once_by_the_next_turn(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    for name in ("Ada Lindgren", "Grace Okafor"):
        owes(reachable(name), "10.00", due="2026-03-01")
    tick(now=NOW)
    second = publish(draft_of(first.campaign, now=NOW), now=NOW)
    moves.order(second, now=NOW, by=None)
    assert run_tick(now=NOW, crashpoint="move.before_commit") == -9
    assert set(Case.objects.values_list("version", flat=True)) == {first.pk}
    assert CaseMove.objects.get().moved == 0 and not CaseEvent.objects.filter(kind="moved").exists()
    tick(now=NOW)
    assert set(Case.objects.values_list("version", flat=True)) == {second.pk}
    assert CaseMove.objects.get().moved == 2 == CaseEvent.objects.filter(kind="moved").count()
    assert len(provider.accepted()) == 2
