"""Two managers at once, a payer beside a manager: one write-off, and never more than is open."""

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection

from customers.models import Invoice, LedgerEntry
from dunning.models import Case, WriteOffProposal
from dunning.operations import write_offs
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.plans import pays
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def proposal(provider: Provider) -> WriteOffProposal:
    standard_campaign(now=NOW)
    owes(reachable(), "200.00")
    tick(now=NOW)
    write_offs.propose(Case.objects.get(), reason="Gone", now=NOW, by=User.objects.create(username="karl"))
    return WriteOffProposal.objects.get()


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What each did, or the refusal it got."""
    results: list[object] = []

    def run(deed: Callable[[], object]) -> None:
        try:
            results.append(deed())
        except write_offs.WriteOffRefusal as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def approving(proposal: WriteOffProposal, name: str) -> Callable[[], object]:
    by = User.objects.create(username=name)
    return lambda: write_offs.approve(proposal, now=NOW, by=by)


def test_two_managers_at_once_write_it_off_once(proposal: WriteOffProposal) -> None:
    results = at_once(approving(proposal, "maria"), approving(proposal, "max"))
    assert sorted(type(result).__name__ for result in results) == ["WriteOffProposal", "WriteOffRefusal"]
    assert [entry.amount for entry in LedgerEntry.objects.filter(kind="written_off")] == [Decimal(-200)]
    assert Case.objects.get().events.filter(kind="closed").count() == 1


def test_payment_beside_the_approval_leaves_exactly_nothing_open(proposal: WriteOffProposal) -> None:
    customer = proposal.case.customer
    at_once(approving(proposal, "maria"), lambda: pays(customer, "150.00", NOW))
    invoice = Invoice.objects.get()
    moved = dict(LedgerEntry.objects.exclude(kind="invoiced").values_list("kind", "amount"))
    assert invoice.balance == 0
    assert moved in (
        {"written_off": Decimal(-200)},  # the manager came first: the money is credit
        {"written_off": Decimal(-50), "paid": Decimal(-150)},
    )
