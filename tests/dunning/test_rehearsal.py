import pytest

from dunning.models import Case, Notice, StepRun
from dunning.operations.tick import rehearse, tick
from dunning.rules.decisions import Close, Send, Wait
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


def test_rehearsal_says_what_the_tick_then_does(provider: Provider) -> None:
    standard_campaign(now=NOW)
    ada, grace = reachable("Ada Lindgren"), reachable("Grace Okafor")
    owes(ada, "10.00", due="2026-03-01")
    owes(grace, "10.00", due="2026-03-20")
    [planned] = rehearse(now=NOW)
    assert (planned.customer_id, planned.case_id) == (ada.pk, None)
    assert isinstance(planned.decision, Send)
    assert "day +1" in planned.decision.reason
    report = tick(now=NOW)
    assert (report.opened, report.queued, report.sent) == (1, 1, 1)


def test_rehearsal_writes_nothing(provider: Provider) -> None:
    standard_campaign(now=NOW)
    owes(reachable("Ada Lindgren"), "10.00", due="2026-03-01")
    list(rehearse(now=NOW))
    assert not Case.objects.exists()
    assert not StepRun.objects.exists()
    assert not Notice.objects.exists()


def test_quiet_second_tick_decides_nothing(provider: Provider) -> None:
    standard_campaign(now=NOW)
    owes(reachable("Ada Lindgren"), "10.00", due="2026-03-01")
    tick(now=NOW)
    report = tick(now=NOW)
    assert (report.decided, report.queued, report.sent) == (0, 0, 0)
    assert not any(isinstance(planned.decision, Send | Wait | Close) for planned in rehearse(now=NOW))
