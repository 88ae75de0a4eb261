"""Two managers at once, a payer beside a manager: one write-off, and never more than is open."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from customers.models import Invoice, LedgerEntry
from dunning.models import Case, WriteOffProposal
from dunning.operations import write_offs
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.faults.racing import at_once
from tests.people import NOW, owes, pays, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def proposal(provider: Provider) -> WriteOffProposal:
    standard_campaign(now=NOW)
    owes(reachable(), "200.00")
    tick(now=NOW)
    write_offs.propose(Case.objects.get(), reason="Gone", now=NOW, by=User.objects.create(username="karl"))
    return WriteOffProposal.objects.get()


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
    ends = at_once(approving(proposal, "maria"), lambda: pays(customer, "150.00", NOW))
    assert not [end for end in ends if isinstance(end, Exception)]
    invoice = Invoice.objects.get()
    moved = dict(LedgerEntry.objects.exclude(kind="invoiced").values_list("kind", "amount"))
    assert invoice.balance == 0
    assert moved in (
        {"written_off": Decimal(-200)},  # the manager came first: the money is credit
        {"written_off": Decimal(-50), "paid": Decimal(-150)},
    )
