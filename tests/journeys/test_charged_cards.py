"""Stories of customers whose card may be charged, with a moving clock; the gateway's books are compared at the end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db.models import Sum
from pytest_django import Settings

from customers.models import Customer, Hold
from customers.operations import holds
from dunning.models import Case, CaseEvent, Notice, StepRun
from dunning.operations import default_campaign
from dunning.operations.advance import advance_due
from dunning.operations.collect import collect
from dunning.operations.opening import open_cases
from dunning.operations.tick import tick
from payments.gateways.sandbox import TEST_CARDS, SandboxGateway
from payments.models import ChargeAttempt, Payment, PaymentMethod
from payments.operations import cards
from payments.operations.charges import charge
from payments.queries.charges import latest_attempt, once_only_key
from payments.queries.invoices import open_invoices
from tests import turning
from tests.gateways import IsDown, LosesTheAnswer, use_gateway
from tests.people import owes, reachable
from tests.provider import Provider
from tests.turning import START

pytestmark = [pytest.mark.django_db(transaction=True)]

live = partial(turning.live, every=timedelta(hours=12))
GOOD, DECLINED, NO_FUNDS, TO_APPROVE = "test_4242", "test_0002", "test_9995", "test_3155"


@pytest.fixture
def ada(provider: Provider) -> Customer:  # noqa: ARG001 - letters need a provider
    default_campaign.ensure(now=START)
    return reachable("Ada Lindgren", country="SE", time_zone="Europe/Stockholm")


@pytest.fixture(autouse=True)
def _books_agree(gateway: SandboxGateway) -> Iterator[None]:
    """At the end of every story the gateway has taken what we have recorded, and nothing beside it."""
    yield
    taken = sum(line.captured for line in gateway.lines())
    assert (Payment.objects.filter(provider="sandbox").aggregate(sum=Sum("amount"))["sum"] or 0) == taken


def keeps(customer: Customer, token: str, now: datetime = START) -> PaymentMethod:
    """The customer stores this card and agrees that it is charged."""
    return cards.keep(customer, TEST_CARDS[token].card, gateway="sandbox", now=now, may_charge=True)


def tries() -> list[str]:
    attempts = ChargeAttempt.objects.order_by("pk")
    return [f"{attempt.started_at:%m-%d %H:%M} {attempt.state}" for attempt in attempts]


def letters() -> list[str]:
    sent = Notice.objects.filter(state="sent").order_by("finished_at", "pk")
    return [f"{notice.finished_at:%m-%d} {notice.step.offset_days:+d}" for notice in sent]


def test_a_good_card_is_charged_on_the_due_date_and_no_reminder_follows(ada: Customer, provider: Provider) -> None:
    keeps(ada, GOOD)
    owes(ada, "120.00", due="2026-02-10")
    live(30)
    assert tries() == ["02-10 10:00 succeeded"]
    assert letters() == ["02-09 -3"]
    announced = " ".join(provider.accepted()[0]["text"].split())
    assert "On 10 February 2026 we will take 120,00 € from Visa •••• 4242." in announced
    case = Case.objects.get()
    assert (case.state, case.ending) == ("closed", "settled")
    step = StepRun.objects.get(step__kind="charge")
    assert (step.outcome, step.reason[:31]) == ("done", "120.00 EUR from Visa ending 4242"[:31])


def test_no_funds_is_tried_again_by_schedule_and_letters_say_so(ada: Customer, provider: Provider) -> None:
    keeps(ada, NO_FUNDS)
    owes(ada, "120.00", due="2026-02-10")
    live(24)
    days = [line[:5] for line in tries()]
    assert days[:3] == ["02-10", "02-11", "02-13"]
    assert len(days) <= 8
    assert all(line.endswith("declined") for line in tries())
    reasons = list(CaseEvent.objects.filter(kind="charge").order_by("pk").values_list("text", flat=True))
    assert len(reasons) == len(days) - 1  # each further try with its reason
    assert "no funds on 10 February" in reasons[0]
    first = provider.accepted()[1]["text"]
    assert "there was not enough money for the payment with Visa •••• 9995. We will try again on 13 February" in first
    assert letters()[:3] == ["02-09 -3", "02-11 +1", "02-17 +7"]


def test_a_changed_card_is_charged_at_once_and_closes_the_case(ada: Customer) -> None:
    keeps(ada, NO_FUNDS)
    owes(ada, "120.00", due="2026-02-10")
    then = live(11, every=timedelta(hours=3)).replace(hour=21, minute=30)
    before = len(tries())
    keeps(ada, GOOD, then)
    tick(now=then + timedelta(minutes=1))
    assert tries()[before:] == ["02-12 21:31 succeeded"]
    assert Case.objects.get().state == "closed"


def test_a_hard_no_stops_the_card_and_the_letter_asks_for_another(
    ada: Customer, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    stolen = TEST_CARDS[DECLINED]._replace(code="stolen_card")
    monkeypatch.setitem(TEST_CARDS, DECLINED, stolen)
    keeps(ada, DECLINED)
    owes(ada, "120.00", due="2026-02-10")
    live(24)
    assert len(tries()) == 1
    text = provider.accepted()[1]["text"]
    assert "the payment with Visa •••• 0002 did not go through. Please choose another card" in text
    assert "stolen" not in text
    assert letters() == ["02-09 -3", "02-11 +1", "02-17 +7", "02-24 +14"]


def test_a_bank_that_wants_an_approval_is_not_asked_twice(ada: Customer, provider: Provider) -> None:
    keeps(ada, TO_APPROVE)
    owes(ada, "120.00", due="2026-02-10")
    live(20)
    assert [line.split()[-1] for line in tries()] == ["declined"]
    assert "asked for your approval" in provider.accepted()[1]["text"]


def test_another_card_is_used_only_when_its_owner_allowed_it(ada: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TEST_CARDS, DECLINED, TEST_CARDS[DECLINED]._replace(code="stolen_card"))
    spare = keeps(ada, GOOD)
    keeps(ada, DECLINED)
    spare.refresh_from_db()
    PaymentMethod.objects.filter(pk=spare.pk).update(removed_at=None, charge_agreed_at=None)
    owes(ada, "120.00", due="2026-02-10")
    then = live(12)
    assert len(tries()) == 1
    PaymentMethod.objects.filter(pk=spare.pk).update(charge_agreed_at=then)
    live(8, start=then)
    assert [line.split()[-1] for line in tries()] == ["declined", "succeeded"]


def test_nothing_is_charged_without_its_owners_word(ada: Customer) -> None:
    cards.keep(ada, TEST_CARDS[GOOD].card, gateway="sandbox", now=START, may_charge=False)
    owes(ada, "120.00", due="2026-02-10")
    live(15)
    assert (tries(), letters()) == ([], ["02-09 -3", "02-11 +1"])


def test_a_days_outage_uses_up_no_try_and_the_charge_comes_after_it(
    ada: Customer, gateway: SandboxGateway, settings: Settings
) -> None:
    keeps(ada, GOOD)
    owes(ada, "120.00", due="2026-02-10")
    then = live(9)
    use_gateway(settings, IsDown, gateway.journal)
    then = live(1, start=then, every=timedelta(minutes=30))
    assert [line.split()[-1] for line in tries()] == ["in_doubt"]
    assert letters() == ["02-09 -3"]  # nobody is reminded while it is not known
    use_gateway(settings, SandboxGateway, gateway.journal)
    live(1, start=then, every=timedelta(minutes=10))
    assert [line.split()[-1] for line in tries()] == ["abandoned", "succeeded"]


def test_a_lost_answer_is_looked_up_and_never_charged_again(
    ada: Customer, gateway: SandboxGateway, settings: Settings
) -> None:
    keeps(ada, GOOD)
    owes(ada, "120.00", due="2026-02-10")
    use_gateway(settings, LosesTheAnswer, gateway.journal)
    live(12)
    assert [line.captured for line in gateway.lines()] == [120]
    assert Case.objects.get().state == "closed"


def test_the_customer_is_faster_than_an_order(ada: Customer, gateway: SandboxGateway) -> None:
    keeps(ada, GOOD)
    owes(ada, "120.00", due="2026-01-31")
    open_cases(now=START)
    key = once_only_key(ada, "EUR", list(open_invoices(ada)), latest_attempt(ada, "EUR"))
    assert advance_due(now=START)["ordered"] == 1
    assert (
        once_only_key(ada, "EUR", list(open_invoices(ada)), latest_attempt(ada, "EUR")) == key
    )  # the page they look at stays good
    charge(ada, amount=open_invoices(ada)[0].balance, currency="EUR", card=GOOD, key=key, now=START)
    assert collect(now=START) == {}
    assert [line.captured for line in gateway.lines()] == [120]
    assert [line.split()[-1] for line in tries()] == ["abandoned", "succeeded"]


def test_an_order_is_dropped_when_the_facts_change_before_it_is_carried_out(ada: Customer) -> None:
    keeps(ada, GOOD)
    owes(ada, "120.00", due="2026-01-31")
    open_cases(now=START)
    advance_due(now=START)
    hold = holds.place(ada, kind=Hold.Kind.PAUSE, reason="asked for time", until_on=None, now=START, by=None)
    assert collect(now=START) == {"dropped": 1}
    holds.release(hold, now=START)
    live(1)
    assert [line.split()[-1] for line in tries()] == ["abandoned", "succeeded"]
