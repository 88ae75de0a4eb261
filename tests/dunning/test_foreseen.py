"""Before anything is late: one kind letter about a card or a mandate; never once it is no longer so."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.operations import consideration, holds, ledger
from dunning.models import Campaign, Case, CaseEvent, Notice, StepRun, Template
from dunning.operations import cases, default_campaign
from dunning.operations.advance import advance_due
from dunning.operations.campaigns import CampaignRefusal, publish, switch_on
from dunning.operations.deliver import deliver
from dunning.operations.opening_ahead import open_ahead, would_open_ahead
from dunning.operations.tick import tick
from dunning.snapshot.limits import marks_of
from payments.models import ChargeAttempt, PaymentMethod
from payments.operations import cards
from payments.rules.methods import MethodKind
from tests.people import owes, person, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
EXPIRES = date(2026, 3, 31)
LETTER_DAY = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday; the 30th day before is the Sunday
BEFORE = LETTER_DAY - 4 * DAY


def switched_on(name: str = "Expiring cards") -> Campaign:
    """The shipped draft, published and switched on."""
    default_campaign.ensure(now=BEFORE)
    campaign = Campaign.objects.get(name=name)
    publish(campaign.versions.get(), now=BEFORE)
    switch_on(campaign, now=BEFORE)
    return campaign


def stored(customer: Customer, *, expires: date | None = EXPIRES, **facts: object) -> PaymentMethod:
    given: dict[str, object] = {
        "customer": customer, "gateway": "sandbox", "token": f"card-{PaymentMethod.objects.count()}", "brand": "visa",
        "last4": "4242", "expires_on": expires, "stored_at": BEFORE - 400 * DAY, "charge_agreed_at": BEFORE,
        "fingerprint": f"print-{PaymentMethod.objects.count()}",
    }  # fmt: skip
    return PaymentMethod.objects.create(**(given | facts))


@pytest.fixture
def ada(provider: Provider) -> Customer:
    """Her card, which is charged by itself, expires at the end of March. She owes nothing."""
    switched_on()
    ada = reachable()
    stored(ada)
    return ada


def test_letter_about_a_card_goes_once_thirty_days_before_and_says_which_card(
    ada: Customer, provider: Provider
) -> None:
    tick(now=BEFORE)
    assert not Case.objects.exists()
    for day in (4, 5, 12, 29):
        tick(now=BEFORE + day * DAY)
    [letter] = provider.accepted()
    assert "Visa •••• 4242" in letter["text"]
    assert "31 March 2026" in letter["text"]
    assert "Nothing is open because of this" in letter["text"]
    case = Case.objects.get()
    assert (case.anchor_on, case.level) == (EXPIRES, 1)
    assert "the card Visa ending 4242 expires on 31 March 2026" in CaseEvent.objects.get(kind="opened").text
    assert StepRun.objects.get().reason.startswith("day \N{MINUS SIGN}30: the card Visa")


def test_case_closes_once_the_card_is_replaced_and_its_story_says_why(ada: Customer, provider: Provider) -> None:
    tick(now=LETTER_DAY)
    cards.remove(PaymentMethod.objects.get(), now=LETTER_DAY + DAY)
    tick(now=LETTER_DAY + DAY)
    case = Case.objects.get()
    assert (case.state, case.ending) == ("closed", "no_longer_so")
    assert list(case.events.filter(kind="closed").values_list("text", flat=True)) == [
        "Closed: the card was replaced, renewed or taken away, or is charged no more"
    ]
    assert len(provider.accepted()) == 1


def test_case_closes_when_the_day_has_come_and_the_same_fact_never_opens_another(ada: Customer) -> None:
    tick(now=LETTER_DAY)
    tick(now=datetime(2026, 4, 1, 10, tzinfo=UTC))
    assert Case.objects.get().ending == "its_day_came"
    assert open_ahead(now=LETTER_DAY) == 0
    about = Case.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(customer=ada, version=about.version, about=about.about, opened_at=LETTER_DAY, next_action_at=LETTER_DAY)  # fmt: skip  # noqa: E501


def test_card_renewed_with_a_new_date_is_a_new_fact(ada: Customer, provider: Provider) -> None:
    tick(now=LETTER_DAY)
    PaymentMethod.objects.update(expires_on=date(2027, 3, 31))
    tick(now=LETTER_DAY + 365 * DAY)
    assert sorted(Case.objects.values_list("state", "ending")) == [("closed", "no_longer_so"), ("open", "")]
    assert len(provider.accepted()) == 2


def test_letter_that_waits_to_leave_stays_when_the_card_is_replaced(ada: Customer, provider: Provider) -> None:
    open_ahead(now=LETTER_DAY)
    advance_due(now=LETTER_DAY)
    assert Notice.objects.get().state == "queued"
    PaymentMethod.objects.update(removed_at=LETTER_DAY, is_default=False)
    deliver(now=LETTER_DAY)
    assert (Notice.objects.get().state, StepRun.objects.get().reason) == (
        "withdrawn",
        "no longer so before the notice was sent",
    )
    assert provider.accepted() == []


def test_card_replaced_in_the_moment_of_sending_is_seen(ada: Customer, provider: Provider) -> None:
    before = marks_of([ada.pk])
    cards.remove(PaymentMethod.objects.get(), now=LETTER_DAY)
    assert before != marks_of([ada.pk])


@pytest.mark.parametrize(
    "facts",
    [
        {"charge_agreed_at": None},
        {"is_default": False},
        {"removed_at": BEFORE, "is_default": False},
        {"expires": None},
        {"expires": date(2026, 4, 30)},
        {"expires": date(2026, 2, 28)},
    ],
)
def test_nobody_is_written_to_about_a_card_that_is_not_charged_or_not_about_to_expire(
    provider: Provider, facts: dict[str, object]
) -> None:
    switched_on()
    stored(reachable(), **facts)
    assert open_ahead(now=LETTER_DAY) == 0


def test_card_that_its_network_renews_by_itself_needs_no_letter(ada: Customer, settings: object) -> None:
    settings.PAYMENT_GATEWAYS = {"sandbox": {**settings.PAYMENT_GATEWAYS["sandbox"], "updates_cards": True}}  # type: ignore[attr-defined]
    assert open_ahead(now=LETTER_DAY) == 0


def test_hold_an_open_debt_and_a_wish_keep_it_back_each_with_its_reason(provider: Provider) -> None:
    switched_on()
    grace, marie, omar = (reachable(name) for name in ("Grace Okafor", "Marie Delacroix", "Omar Haddad"))
    for customer in (grace, marie, omar):
        stored(customer)
    holds.place(grace, kind="other", reason="asked for quiet", until_on=None, now=BEFORE, by=None)
    owes(marie, "10.00", due="2026-02-16")
    consideration.refuse(omar, consideration.Said("", "early", "phone", now=BEFORE, by=None))
    Campaign.objects.filter(name=default_campaign.NAME).update(is_active=False)
    tick(now=LETTER_DAY)
    assert provider.accepted() == []
    reasons = dict(Case.objects.values_list("customer__name", "next_reason"))
    assert reasons["Grace Okafor"] == "on hold until released: asked for quiet"
    assert reasons["Marie Delacroix"] == "an invoice due on 16 February 2026 is open: that goes first"
    assert reasons["Omar Haddad"].startswith("all is said")
    assert StepRun.objects.get().reason == "the customer wants no letters before a due date"


def test_debts_have_a_case_of_their_own_beside_it(ada: Customer, provider: Provider) -> None:
    invoice = owes(ada, "10.00", due="2026-03-04")
    key = f"card_expires:{PaymentMethod.objects.get().pk}:2026-03-31"
    tick(now=LETTER_DAY)
    assert sorted(Case.objects.values_list("state", "about")) == [("open", ""), ("open", key)]
    [letter] = provider.accepted()
    assert "due soon" in letter["text"]
    ledger.write_off(invoice, reason="Goodwill", now=LETTER_DAY, on=LETTER_DAY.date(), by=None)
    tick(now=LETTER_DAY + DAY)
    assert [letter["subject"].partition(": ")[2] for letter in provider.accepted()] == ["a date to note", "your card"]


def test_closing_it_by_hand_holds_no_invoice(ada: Customer) -> None:
    owes(ada, "10.00", due="2026-06-16")
    tick(now=LETTER_DAY)
    cases.close(Case.objects.get(), reason="They called", now=LETTER_DAY, by=None)
    assert not ada.holds.exists()
    assert open_ahead(now=LETTER_DAY) == 0


def test_letter_waits_for_an_address(provider: Provider) -> None:
    switched_on()
    stored(person("Grace Okafor"))
    tick(now=LETTER_DAY)
    assert Case.objects.get().attention == "no_address"


@pytest.fixture
def renewing(provider: Provider) -> Customer:
    """What she subscribes to renews on 16 March."""
    switched_on("Coming renewals")
    facts: dict[str, object] = {
        "renews_on": date(2026, 3, 16), "renewal_of": "Website care", "renewal_amount": 240, "renewal_currency": "EUR"
    }  # fmt: skip
    ada = reachable()
    Customer.objects.filter(pk=ada.pk).update(**facts)
    return ada


def test_renewal_is_written_about_once_with_its_day_and_price(renewing: Customer, provider: Provider) -> None:
    for day in (0, 1, 13, 14, 15):
        tick(now=LETTER_DAY + day * DAY)
    [letter] = provider.accepted()
    assert "Website care renews on 16 March 2026" in letter["text"]
    assert "It will cost €240.00." in letter["text"]
    case = Case.objects.get()
    assert (case.about, case.ending) == (f"renewal:{renewing.pk}:2026-03-16", "its_day_came")
    assert "Website care renews on 16 March 2026 for 240.00 EUR" in CaseEvent.objects.get(kind="opened").text


def test_renewal_without_a_price_says_none(renewing: Customer, provider: Provider) -> None:
    Customer.objects.update(renewal_amount=None, renewal_currency="", renewal_of="")
    tick(now=LETTER_DAY)
    [letter] = provider.accepted()
    assert "your subscription renews on 16 March 2026" in letter["text"]
    assert "cost" not in letter["text"]


@pytest.mark.parametrize("renews_on", [None, date(2026, 3, 1), date(2027, 3, 16)])
def test_renewal_cancelled_passed_or_paid_ahead_says_nothing(
    renewing: Customer, provider: Provider, renews_on: date | None
) -> None:
    Customer.objects.update(renews_on=renews_on, renewal_amount=None, renewal_currency="")
    tick(now=LETTER_DAY)
    assert not Case.objects.exists()


def test_renewal_cancelled_while_its_letter_waits_to_leave_keeps_it_here(
    renewing: Customer, provider: Provider
) -> None:
    open_ahead(now=LETTER_DAY)
    advance_due(now=LETTER_DAY)
    before = marks_of([renewing.pk])
    Customer.objects.update(renews_on=None, renewal_amount=None, renewal_currency="")
    assert before != marks_of([renewing.pk])
    deliver(now=LETTER_DAY)
    assert (Notice.objects.get().state, provider.accepted()) == ("withdrawn", [])
    tick(now=LETTER_DAY + DAY)
    assert Case.objects.get().close_reason == "the renewal was cancelled, or is on another day now"


def test_text_about_a_card_is_not_published_for_renewals(provider: Provider) -> None:
    default_campaign.ensure(now=BEFORE)
    draft = Campaign.objects.get(name="Coming renewals").versions.get()
    draft.steps.update(template=Template.objects.get(key="card_expires"))
    with pytest.raises(CampaignRefusal, match="Take out {card_name}"):
        publish(draft, now=BEFORE)


def test_mandate_ends_thirty_six_months_after_it_was_last_used(provider: Provider) -> None:
    switched_on("Ending mandates")
    ada, grace = reachable(), reachable("Grace Okafor")
    given = datetime(2023, 3, 20, 12, tzinfo=UTC)
    for customer in (ada, grace):
        stored(customer, expires=None, kind=MethodKind.SEPA_DEBIT, last4="3000", brand="", stored_at=given)
    ChargeAttempt.objects.create(
        customer=grace, gateway="sandbox", amount=1, currency="EUR", state="declined", started_at=given + 300 * DAY,
        look_at=given, idempotency_key="k", decline_code="AM04", method=grace.payment_methods.get(),
    )  # fmt: skip
    tick(now=LETTER_DAY)
    [letter] = provider.accepted()
    assert letter["to"] == "ada-lindgren@example.com"
    assert "bank account •••• 3000" in letter["text"]
    assert "20 March 2026" in letter["text"]


def test_what_would_be_written_is_known_before_a_campaign_is_switched_on(provider: Provider) -> None:
    campaign = switched_on()
    Campaign.objects.filter(pk=campaign.pk).update(is_active=False)
    stored(reachable())
    assert would_open_ahead(now=LETTER_DAY) == []
    [facts] = would_open_ahead(now=LETTER_DAY, as_if_active=campaign.pk)
    assert str(facts.foreseen) == "the card Visa ending 4242 expires on 31 March 2026"


def test_opening_costs_the_same_queries_for_one_and_for_three(provider: Provider) -> None:
    switched_on()

    def queries(*names: str) -> int:
        for name in names:
            stored(reachable(name))
        with CaptureQueriesContext(connection) as made:
            assert open_ahead(now=LETTER_DAY) == len(names)
        return len(made)

    queries("Adebayo Bello")  # versions are read once per process
    assert queries("Ada Lindgren") == queries("Grace Okafor", "Marie Delacroix", "Omar Haddad")
