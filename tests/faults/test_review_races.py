"""Two managers at once, a manager beside the engine or a payer, a kill in between: one letter, one decision."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Invoice, LedgerEntry
from customers.operations.ledger import Posting, post
from dunning.models import Case, Notice, ReviewDecision, StepRun
from dunning.operations import review
from dunning.operations.advance import advance_due
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.faults.engine_process import run_tick
from tests.faults.racing import at_once
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(minutes=5)
RELEASE = """
import django, sys
django.setup()
from datetime import datetime
from django.contrib.auth.models import User
from dunning.models import Notice
from dunning.operations import review
now = datetime.fromisoformat(sys.argv[1])
review.release(Notice.objects.all(), seen_at=now, now=now, by=User.objects.get())
"""


def proposals(number: int = 1) -> list[Invoice]:
    standard_campaign(now=NOW, is_reviewed=True)
    invoices = [owes(reachable(number=f"A{n}"), "10.00", due="2026-03-01") for n in range(number)]
    tick(now=NOW)
    return invoices


def release(by: User) -> int:
    return review.release(Notice.objects.all(), seen_at=LATER, now=LATER, by=by)


def test_two_managers_release_each_letter_once(provider: Provider, maria: User) -> None:
    proposals(60)
    nils = User.objects.create(username="nils")
    released = at_once(lambda: release(maria), lambda: release(nils))
    assert sorted(released)[0] + sorted(released)[1] == 60  # type: ignore[operator, type-var]
    assert ReviewDecision.objects.count() == 60
    tick(now=LATER)
    assert len(provider.accepted()) == 60


def test_one_manager_releases_and_another_drops_each_letter_has_one_fate(provider: Provider, maria: User) -> None:
    proposals(60)

    def drop() -> int:
        return review.drop(Notice.objects.all(), reason="no", seen_at=LATER, now=LATER, by=maria)

    assert sum(at_once(lambda: release(maria), drop)) == 60  # type: ignore[arg-type]
    tick(now=LATER)
    dropped = StepRun.objects.filter(outcome="skipped", is_by_hand=True).count()
    assert len(provider.accepted()) + dropped == 60 == ReviewDecision.objects.count()


def test_a_manager_waits_for_the_engine_and_finds_the_proposal_expired(provider: Provider, maria: User) -> None:
    proposals()
    then = NOW + timedelta(days=3)  # the third working day: it has expired
    released: list[int] = []

    def late() -> None:
        released.append(review.release(Notice.objects.all(), seen_at=LATER, now=then, by=maria))
        connection.close()

    manager = threading.Thread(target=late)
    with transaction.atomic():
        advance_due(now=then)
        manager.start()
        manager.join(0.5)
        assert manager.is_alive(), "the manager did not wait for the engine"
    manager.join(10)
    assert released == [0]  # it was proposed anew, and the manager has not seen that
    assert list(ReviewDecision.objects.values_list("verdict", flat=True)) == ["expired"]
    assert Notice.objects.get().state == "proposed"


def test_the_engine_leaves_alone_what_a_manager_is_releasing(provider: Provider, maria: User) -> None:
    proposals()
    then = NOW + timedelta(days=3)
    with transaction.atomic():
        assert review.release(Notice.objects.all(), seen_at=LATER, now=then, by=maria) == 1
        assert at_once(lambda: advance_due(now=then)["decided"]) == [0]
    tick(now=then)
    assert len(provider.accepted()) == 1
    assert list(ReviewDecision.objects.values_list("verdict", flat=True)) == ["unchanged"]


def test_a_payment_beside_the_release_stops_the_letter(provider: Provider, maria: User) -> None:
    [invoice] = proposals()

    def pay() -> None:
        post([Posting(invoice.pk, LedgerEntry.Kind.PAID, Decimal(-10), NOW.date(), "desk")], now=LATER)

    at_once(lambda: release(maria), pay)
    tick(now=LATER)
    assert provider.accepted() == []
    assert Case.objects.get().state == "closed"


def test_an_engine_killed_while_it_proposes_proposes_once(provider: Provider, maria: User) -> None:
    standard_campaign(now=NOW, is_reviewed=True)
    owes(reachable(), "10.00", due="2026-03-01")
    assert run_tick(now=NOW, crashpoint="advance.before_commit") == -9
    assert not Notice.objects.exists()
    tick(now=NOW)
    assert Notice.objects.get().state == "proposed"


def test_an_engine_killed_while_it_takes_back_leaves_the_proposal_whole(provider: Provider, maria: User) -> None:
    proposals()
    then = NOW + timedelta(days=3)
    assert run_tick(now=then, crashpoint="advance.before_commit") == -9
    assert (Notice.objects.get().state, ReviewDecision.objects.count()) == ("proposed", 0)
    tick(now=then)
    assert ReviewDecision.objects.get().verdict == "expired"


def test_a_release_killed_in_between_releases_whole_letters_or_none(provider: Provider, maria: User) -> None:
    proposals(3)
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": urlunsplit(url._replace(path="/" + connection.settings_dict["NAME"])),
        "CRASHPOINT": "review.before_commit",
    }
    command = [sys.executable, "-c", RELEASE, LATER.isoformat()]
    assert subprocess.run(command, env=environment, check=False).returncode == -9
    assert (Notice.objects.filter(state="proposed").count(), ReviewDecision.objects.count()) == (3, 0)
    assert release(maria) == 3
    tick(now=LATER)
    assert len(provider.accepted()) == 3


def queries_of(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        deed()
    return len(queries)


def test_deciding_takes_as_many_queries_for_three_letters_as_for_one(provider: Provider, maria: User) -> None:
    proposals()
    one = queries_of(lambda: release(maria))
    for number in range(3):
        owes(reachable(number=f"B{number}"), "10.00", due="2026-03-01")
    tick(now=LATER)
    assert queries_of(lambda: release(maria)) == one
    assert Notice.objects.filter(state="queued").count() == 3


def test_looking_at_proposals_again_takes_as_many_queries_for_three_as_for_one(provider: Provider, maria: User) -> None:
    proposals()
    then = NOW + timedelta(days=3)
    one = queries_of(lambda: advance_due(now=then))
    release(maria)
    for number in range(3):
        owes(reachable(number=f"B{number}"), "10.00", due="2026-03-01")
    tick(now=then)
    assert queries_of(lambda: advance_due(now=then + timedelta(days=5))) == one
    assert ReviewDecision.objects.filter(verdict="expired").count() == 1 + 4
