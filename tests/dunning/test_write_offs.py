"""Giving up what is open: proposed by a step or a person, decided by other eyes, posted once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from customers.models import Customer, Invoice, LedgerEntry, WriteOffLimit
from customers.operations import holds, ledger
from dunning.models import Case, CaseEvent, Notice, StepRun, WriteOffLine, WriteOffProposal
from dunning.operations import cases, write_offs
from dunning.operations.tick import tick
from dunning.operations.write_offs import WriteOffRefusal
from payments.models import ChargeAttempt
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, pays, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def karl() -> User:
    return User.objects.create(username="karl")


@pytest.fixture
def maria() -> User:
    return User.objects.create(username="maria")


@pytest.fixture
def max_() -> User:
    return User.objects.create(username="max")


@pytest.fixture
def ada(provider: Provider) -> Customer:
    """Owes 200 and 40 EUR since February; the friendly reminder has gone out."""
    standard_campaign(now=NOW)
    ada = reachable()
    owes(ada, "200.00", number="A1")
    owes(ada, "40.00", number="A2")
    tick(now=NOW)
    return ada


def proposed(customer: Customer, by: User) -> WriteOffProposal:
    write_offs.propose(Case.objects.get(customer=customer), reason="Insolvent", now=NOW, by=by)
    return WriteOffProposal.objects.get(state="open")


def written_off() -> dict[str, Decimal]:
    return dict(LedgerEntry.objects.filter(kind="written_off").values_list("invoice__number", "amount"))


def test_manager_approves_what_somebody_else_proposed_and_the_case_ends_written_off(
    ada: Customer, provider: Provider, karl: User, maria: User
) -> None:
    proposal = proposed(ada, karl)
    assert (proposal.amount, proposal.lines.count()) == (Decimal(240), 2)
    write_offs.approve(proposal, now=NOW, by=maria)
    assert written_off() == {"A1": Decimal(-200), "A2": Decimal(-40)}
    case = Case.objects.get()
    assert (case.state, case.ending) == ("closed", "written_off")
    assert case.events.filter(kind="closed").count() == 1
    tick(now=NOW + DAY)
    assert Notice.objects.count() == len(provider.accepted()) == 1  # no thanks
    told = list(case.events.filter(kind="writeoff").order_by("pk").values_list("text", "actor__username"))
    assert told == [
        ("Proposed to write off 240.00 EUR: Insolvent", "karl"),
        ("The proposed write-off: written off. 240.00 EUR written off", "maria"),
    ]


def test_who_proposed_it_cannot_approve_it_and_nobody_approves_twice(ada: Customer, karl: User, maria: User) -> None:
    owes(ada, "100.00", number="A3")
    proposal = proposed(ada, karl)
    with pytest.raises(WriteOffRefusal, match="proposed it yourself"):
        write_offs.approve(proposal, now=NOW, by=karl)
    assert write_offs.approve(proposal, now=NOW, by=maria).state == "open"
    with pytest.raises(WriteOffRefusal, match="approved it already"):
        write_offs.approve(proposal, now=NOW, by=maria)
    assert written_off() == {}


def test_second_manager_writes_off_what_is_above_the_limit(ada: Customer, karl: User, maria: User, max_: User) -> None:
    owes(ada, "100.00", number="A3")
    proposal = proposed(ada, karl)
    write_offs.approve(proposal, now=NOW, by=maria)
    decided = write_offs.approve(proposal, now=NOW + DAY, by=max_)
    assert (decided.state, decided.first_by, decided.decided_by) == ("approved", maria, max_)
    assert sum(written_off().values()) == -340


def test_database_refuses_the_same_eyes(ada: Customer, karl: User) -> None:
    proposal = proposed(ada, karl)
    with pytest.raises(IntegrityError, match="write_off_has_other_eyes"), transaction.atomic():
        WriteOffProposal.objects.filter(pk=proposal.pk).update(
            state="approved", decided_by=karl, decided_at=NOW, decision="x"
        )
    with pytest.raises(IntegrityError, match="write_off_first_eye"), transaction.atomic():
        WriteOffProposal.objects.filter(pk=proposal.pk).update(first_by=karl)


def test_limit_is_that_of_the_day_and_no_row_means_two(ada: Customer, karl: User, maria: User) -> None:
    WriteOffLimit.objects.create(currency="EUR", at_most=10, source="board", valid_from=NOW.date())
    assert write_offs.approve(proposed(ada, karl), now=NOW, by=maria).state == "open"
    grace = reachable("Grace Okafor")
    owes(grace, "1", "JPY")
    tick(now=NOW)
    write_offs.propose(Case.objects.get(customer=grace), reason="Moved away", now=NOW, by=karl)
    assert write_offs.approve(WriteOffProposal.objects.get(currency="JPY"), now=NOW, by=maria).state == "open"


def test_limit_in_force_is_frozen(db: None) -> None:
    with pytest.raises(Exception, match="begun"), transaction.atomic():
        WriteOffLimit.objects.filter(currency="EUR").update(at_most=9999)


def test_payment_in_between_makes_it_shrink(ada: Customer, karl: User, maria: User) -> None:
    proposal = proposed(ada, karl)
    pays(ada, "220.00", NOW)
    decided = write_offs.approve(proposal, now=NOW, by=maria)
    assert written_off() == {"A2": Decimal(-20)}
    assert decided.decision == "20.00 EUR written off; the rest of 240.00 EUR was settled"
    assert dict(WriteOffLine.objects.values_list("invoice__number", "given_up")) == {"A1": None, "A2": Decimal(20)}


def test_payment_of_all_closes_the_case_and_lets_the_proposal_lapse(ada: Customer, karl: User, maria: User) -> None:
    proposal = proposed(ada, karl)
    pays(ada, "240.00", NOW)
    lapsed = write_offs.approve(proposal, now=NOW, by=maria)
    assert (lapsed.state, lapsed.decision) == ("lapsed", "nothing of it is open any more")
    grace = reachable("Grace Okafor")
    owes(grace, "50.00")
    tick(now=NOW)
    write_offs.propose(Case.objects.get(customer=grace), reason="Moved away", now=NOW, by=karl)
    pays(grace, "50.00", NOW)
    tick(now=NOW)
    assert WriteOffProposal.objects.latest("pk").decision.startswith("the case closed: nothing is open")
    assert set(Case.objects.values_list("ending", flat=True)) == {"settled"}


def test_nothing_is_decided_while_money_is_on_its_way(ada: Customer, karl: User, maria: User) -> None:
    proposal = proposed(ada, karl)
    ChargeAttempt.objects.create(
        customer=ada, gateway="sandbox", amount=240, currency="EUR", state="pending", started_at=NOW, look_at=NOW,
        idempotency_key="k",
    )  # fmt: skip
    with pytest.raises(WriteOffRefusal, match="Money is on its way"):
        write_offs.approve(proposal, now=NOW, by=maria)


def test_what_is_disputed_is_left_out_and_a_second_proposal_refused(ada: Customer, karl: User) -> None:
    disputed = Invoice.objects.get(number="A1")
    holds.place(ada, kind="dispute", reason="Wrong", until_on=None, now=NOW, by=None, invoice=disputed)
    assert proposed(ada, karl).amount == 40
    with pytest.raises(WriteOffRefusal, match="proposed already"):
        write_offs.propose(Case.objects.get(), reason="Again", now=NOW, by=karl)


def test_refused_proposal_leaves_the_case_as_it_was_and_may_be_made_again(
    ada: Customer, karl: User, maria: User
) -> None:
    write_offs.refuse(proposed(ada, karl), reason="They pay", now=NOW, by=maria)
    assert written_off() == {}
    assert Case.objects.get().state == "open"
    with pytest.raises(WriteOffRefusal, match="decided already: refused"):
        write_offs.approve(WriteOffProposal.objects.get(), now=NOW, by=maria)
    assert proposed(ada, karl).pk


def test_case_closed_by_a_person_lets_it_lapse(ada: Customer, karl: User) -> None:
    proposed(ada, karl)
    cases.close(Case.objects.get(), reason="A friend", now=NOW, by=None)
    assert WriteOffProposal.objects.get().decision.startswith("the case closed: A friend")


def test_step_proposes_once_on_its_day_and_one_manager_other_than_nobody_decides(
    provider: Provider, maria: User
) -> None:
    standard_campaign(now=NOW, actions={"write_off": 30}, steps=[(1, 1)])
    ada = reachable()
    owes(ada, "40.00", due="2026-02-28")
    tick(now=NOW)
    for day in (29, 31, 32, 40):
        tick(now=NOW + day * DAY)
    proposal = WriteOffProposal.objects.get()
    assert (proposal.amount, proposal.proposed_by, proposal.run) == (
        Decimal(40),
        None,
        StepRun.objects.get(step__kind="write_off"),
    )  # noqa: E501
    assert proposal.reason == "day +30: the oldest open amount fell due on 28 February 2026"
    write_offs.approve(proposal, now=NOW + 41 * DAY, by=maria)
    assert CaseEvent.objects.filter(kind="closed").count() == 1
    assert Case.objects.get().ending == "written_off"


def test_write_off_by_hand_ends_the_case_the_same_way_and_stops_at_the_limit(ada: Customer, maria: User) -> None:
    for number in ("A1", "A2"):
        ledger.write_off_alone(Invoice.objects.get(number=number), reason="Gone", now=NOW, on=NOW.date(), by=maria)
    tick(now=NOW)
    assert Case.objects.get().ending == "written_off"
    large = owes(ada, "250.01", number="A3")
    with pytest.raises(ledger.LedgerRefusal, match="up to 250.00 EUR. Propose it on the case"):
        ledger.write_off_alone(large, reason="Gone", now=NOW, on=NOW.date(), by=maria)


def test_money_after_a_write_off_is_thanked_for_as_always(ada: Customer, maria: User) -> None:
    ledger.write_off(Invoice.objects.get(number="A1"), reason="Gone", now=NOW, on=NOW.date(), by=maria)
    pays(ada, "40.00", NOW + DAY)
    tick(now=NOW + DAY)
    assert Case.objects.get().ending == "settled"


def test_new_debt_after_a_write_off_begins_a_case_of_its_own(ada: Customer, karl: User, maria: User) -> None:
    write_offs.approve(proposed(ada, karl), now=NOW, by=maria)
    owes(ada, "10.00", due="2026-03-02", number="A9")
    tick(now=NOW + 2 * DAY)
    assert sorted(Case.objects.values_list("state", flat=True)) == ["closed", "open"]


def test_debt_that_began_meanwhile_is_no_reason_to_thank_for_what_was_given_up(
    ada: Customer, provider: Provider, karl: User, maria: User
) -> None:
    proposal = proposed(ada, karl)
    owes(ada, "10.00", due="2026-03-02", number="A9")
    write_offs.approve(proposal, now=NOW, by=maria)
    assert Case.objects.earliest("pk").ending == "written_off"
    assert Notice.objects.count() == 1
