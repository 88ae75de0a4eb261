"""Why and why not: the stored chain, and two sentences that may be said on the phone."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer, Hold
from customers.operations import holds
from dunning.models import Case, StepRun
from dunning.operations import default_campaign
from dunning.operations.advance import facts_of
from dunning.operations.tick import tick
from dunning.queries.why import Why, why
from payments.gateways.sandbox import TEST_CARDS, SandboxGateway
from payments.models import LikelyPayer
from payments.operations import cards
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, person, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(provider: Provider) -> Customer:
    standard_campaign(now=NOW)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2026-03-01", number="R-1")
    return ada


def told(customer: Customer, now: datetime = NOW) -> Why:
    case = Case.objects.select_related("customer", "next_step").filter(customer=customer).latest("pk")
    return why(case, facts_of(case, now=now), now=now)


def rules(links: list) -> list[str]:  # type: ignore[type-arg]
    return [link.rule for link in links]


def test_a_wait_for_the_next_letter(ada: Customer) -> None:
    tick(now=NOW)
    found = told(ada)
    assert found.spoken == (
        "Your invoice R-1 fell due on 1 March and is open with 120.00 EUR.",
        "That is why we wrote on 2 March; the next letter would follow on 8 March if nothing changes.",
    )
    assert found.waits is not None
    assert rules(found.waits.links) == ["invoices", "did not apply", "planned day"]
    assert found.waits.links[0].invoices == ("R-1",)
    skipped, sent = found.steps
    assert (rules(skipped.links), skipped.links[-1].says) == (
        ["invoices", "skipped"], "meant for before 1 March 2026, which has come"
    )  # fmt: skip
    assert rules(sent.links) == ["invoices", "did not apply", "not taken", "step"]


def test_before_the_first_letter_nothing_was_written(ada: Customer) -> None:
    early = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    tick(now=early)
    assert told(ada, early).spoken.consequence == (
        "We have not written about it yet; a first letter would follow on 2 March if nothing changes, "
        "because letters leave on working days by day."
    )


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (Hold.Kind.PROMISE, "you told us that you will pay, so nothing goes out up to and including 10 March."),
        (Hold.Kind.PAUSE, "nothing goes out up to and including 10 March."),
        (Hold.Kind.HARDSHIP, "nothing goes out up to and including 10 March."),
    ],
)
def test_a_hold_is_said_without_its_reason(ada: Customer, kind: Hold.Kind, says: str) -> None:
    tick(now=NOW)
    holds.place(ada, kind=kind, reason="in hospital", until_on=date(2026, 3, 10), now=NOW, by=None)
    tick(now=NOW)
    found = told(ada)
    assert found.spoken.consequence == f"That is why we wrote on 2 March; {says}"
    assert "hospital" not in " ".join(found.spoken)
    assert found.waits is not None and rules(found.waits.links) == ["invoices", "did not apply", "hold"]
    assert found.waits.links[1].says == "this is asked first"
    assert "in hospital" in found.waits.links[-1].says  # the desk may know


def test_an_invoice_in_dispute_is_looked_at_first(ada: Customer) -> None:
    tick(now=NOW)
    invoice = ada.invoices.get()
    holds.place(ada, kind=Hold.Kind.DISPUTE, reason="broken", until_on=None, now=NOW, by=None, invoice=invoice)
    tick(now=NOW)
    assert told(ada).spoken.consequence.endswith(
        "you told us that something is wrong, and we look at that first, so nothing goes out."
    )


def test_a_weekend_is_in_the_chain_and_in_the_sentence(provider: Provider) -> None:
    default_campaign.ensure(now=NOW)
    ada = reachable("Ada Lindgren", country="DE", time_zone="Europe/Berlin")
    owes(ada, "120.00", due="2026-03-01", number="R-1")
    tick(now=NOW)  # day +7 is Sunday 8 March
    found = told(ada)
    assert found.waits is not None and "calendar" in rules(found.waits.links)
    says = found.waits.links[rules(found.waits.links).index("calendar")].says
    assert says == "its day, 8 March 2026, is no working day there; letters leave on 9 March 2026"
    assert found.spoken.consequence.endswith(
        "would follow on 9 March if nothing changes, because letters leave on working days by day."
    )


def test_no_address(provider: Provider) -> None:
    standard_campaign(now=NOW)
    mute = person("Mute Meyer")
    owes(mute, "15.00", due="2026-03-01")
    tick(now=NOW)
    found = told(mute)
    assert found.spoken.consequence == (
        "We have not written about it yet; the next letter waits, because we have no address to send it to."
    )
    delayed = StepRun.objects.get(outcome="delayed")
    assert [entry["rule"] for entry in delayed.because][-1] == "no_address"


def test_money_that_is_not_matched_yet(ada: Customer) -> None:
    tick(now=NOW)
    from payments.models import BankLine
    from payments.operations.bank_files import take_in

    lines = b"booked_on,amount,currency,payer_name,text\n2026-03-02,120.00,EUR,Ada Lindgren,none\n"
    take_in(lines, name="bank.csv", account="DE1", now=NOW, by=None)
    LikelyPayer.objects.get_or_create(line=BankLine.objects.get(), customer=ada)
    assert told(ada).spoken.consequence.endswith(
        "money has come that is probably yours, and nothing goes out before a colleague has matched it."
    )


def test_the_end_of_the_road(ada: Customer) -> None:
    moment = NOW
    for _ in range(45):
        tick(now=moment)
        moment += timedelta(days=1)
    found = told(ada, moment)
    assert found.spoken.consequence == (
        "That is why we wrote on 31 March; that was our last letter, and a colleague decides what comes next."
    )
    assert found.waits is not None and rules(found.waits.links)[-1] == "end of campaign"


def test_a_stolen_card_is_never_said(
    provider: Provider, gateway: SandboxGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TEST_CARDS, "test_0002", TEST_CARDS["test_0002"]._replace(code="stolen_card"))
    found = _after_a_refused_card("test_0002")
    assert "stolen" not in " ".join(found.spoken)
    assert "tried the stored card on 2 March" in found.spoken.consequence


def test_a_card_that_is_tried_again(provider: Provider, gateway: SandboxGateway) -> None:
    _after_a_refused_card("test_9995")
    later = NOW + timedelta(hours=22)  # the letter of day +1 is due, and waits for the card
    tick(now=later)
    found = told(Customer.objects.get(), later)
    assert found.spoken.consequence == (
        "That is why we tried the stored card on 2 March; "
        "the stored card would be charged on 3 March, as agreed, if nothing changes."
    )
    charged = next(step for step in found.steps if step.run and step.run.step.kind == "charge")
    assert rules(charged.links)[-1] == "charge"


def test_a_further_try_stores_the_rules_behind_it(provider: Provider, gateway: SandboxGateway) -> None:
    _after_a_refused_card("test_9995")
    tick(now=NOW + timedelta(hours=22))  # the letter of day +1 is due, and waits for the card
    waits = told(Customer.objects.get()).waits
    assert waits is not None and waits.at is not None
    assert [link.says for link in waits.links if link.rule == "last refusal"] == ["no funds on 2 March"]
    later = waits.at
    tick(now=later)
    again = next(step for step in told(Customer.objects.get(), later).steps if step.run is None)
    assert (again.title, again.at) == ("Another try of the stored card", later)
    assert rules(again.links) == [
        "invoices", "did not apply", "cards", "last refusal", "not before", "tries left", "tries left", "charge"
    ]  # fmt: skip
    assert "last refusal: no funds on 2 March" in spoken("ADA-LINDGREN")


def _after_a_refused_card(token: str) -> Why:
    default_campaign.ensure(now=NOW)
    ada = reachable("Ada Lindgren", country="SE", time_zone="Europe/Stockholm")
    cards.keep(ada, TEST_CARDS[token].card, gateway="sandbox", now=NOW, may_charge=True)
    owes(ada, "120.00", due="2026-03-02", number="R-1")
    tick(now=NOW)
    return told(ada)


def test_a_closed_case_says_how_it_ended(ada: Customer) -> None:
    from tests.people import pays

    tick(now=NOW)
    pays(ada, "120.00", NOW)
    tick(now=NOW)
    found = told(ada)
    assert found.spoken.situation == "Everything this was about was settled on 2 March 2026."
    assert (found.waits, Case.objects.get().next_because) == (None, [])
    assert rules(found.steps[-1].links) == ["close"]


def test_the_command_finds_a_case_by_its_customer_and_by_its_number(ada: Customer) -> None:
    tick(now=NOW)
    by_customer, by_case = (spoken("ADA-LINDGREN"), spoken(str(Case.objects.get().pk)))
    assert by_customer == by_case
    assert "Your invoice R-1 fell due on 1 March" in by_customer
    assert "Skipped: meant for before" in by_customer.replace("skipped:", "Skipped:")
    told = json.loads(spoken("ADA-LINDGREN", "--json"))
    assert [link["rule"] for link in told["waits"]["because"]] == ["invoices", "did not apply", "planned day"]
    with pytest.raises(CommandError, match="No case"):
        spoken("nobody")


def spoken(*arguments: str) -> str:
    out = StringIO()
    call_command("why", *arguments, stdout=out)
    return out.getvalue()
