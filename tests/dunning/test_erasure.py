"""What we hold: downloaded whole by its customer, and erased as far as the law lets it, in one go."""

import csv
import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from customers.models import Customer, Invoice, LedgerEntry
from dunning.models import Case, Confirmation, CustomerRequest, Erasure, Notice, PaperLetter, Reply
from dunning.operations import erasure, feedback, requests
from dunning.operations.erasure import ErasureRefusal, begin, finish_erasures
from dunning.operations.feedback import Opinion
from dunning.operations.requests import Asked, RequestRefusal
from dunning.operations.tick import tick
from dunning.queries.everything_held import everything_held
from dunning.rules.needs import Need
from payments.gateways.sandbox import SandboxGateway
from payments.models import PaymentMethod
from tests.campaigns import standard_campaign
from tests.people import owes, paid, pays, reachable
from tests.portal.conftest import Door, words
from tests.provider import Provider

pytestmark = pytest.mark.django_db
SECRETS = ("tok_secret", "fp_secret")
# Whatever names her, in any table. Kept on purpose, and said so: letters as printed, and what the bank wrote.
NAMES = ("Lindgren", "lindgren", "Ada ", "12345678", "Mill Lane", "my husband is ill", "catalogue")


@pytest.fixture
def ada(gateway: SandboxGateway, provider: Provider, now: datetime) -> Customer:
    """A customer with a whole story behind her, and nothing open."""
    standard_campaign(now=now)
    customer = reachable(
        "Ada Lindgren", email="ada-lindgren@example.com", number="K-1", tags=["catalogue"], segment="catalogue readers"
    )
    customer.contacts.update(phone="+49 151 12345678", street="12 Mill Lane", city="Bath")
    invoice = owes(customer, "420.00", what="Spring catalogue", number="R-1")
    owes(customer, "10.00", what="Old catalogue", number="R-0", due="2010-05-01")
    tick(now=now)
    requests.ask(
        customer, Asked(Need.CALL, day_part="noon", phone="+49 151 12345678", text="my husband is ill"), now=now
    )
    card = {"token": "tok_secret", "fingerprint": "fp_secret", "last4": "4242"}
    PaymentMethod.objects.create(customer=customer, gateway="sandbox", stored_at=now, **card)
    feedback.give(customer, Opinion(is_clear=False, words="my husband is ill"), link=None, now=now)
    Reply.objects.create(
        channel="email", provider="x", provider_id="1", sender="ada-lindgren@example.com", text="Ada here",
        customer=customer, state="waiting", received_at=now,
    )  # fmt: skip
    for one in (invoice, Invoice.objects.get(number="R-0")):
        paid(one, now)
    tick(now=now)
    Case.objects.filter(state="open").update(state="closed", next_action_at=None, closed_at=now)
    log = {"user": User.objects.create(username="paul"), "content_type": ContentType.objects.get_for_model(Customer)}
    LogEntry.objects.create(action_flag=CHANGE, object_id=str(customer.pk), object_repr=str(customer), **log)
    return customer


def asks(customer: Customer, now: datetime) -> CustomerRequest:
    return requests.ask(customer, Asked(Need.ERASURE, text="Please"), now=now)


def named_in_the_database(*, but: tuple[str, ...] = ()) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for model in apps.get_models():
        if model._meta.label in but or model._meta.app_label in ("sessions", "django_q"):
            continue
        for row in model._base_manager.values():
            text = " ".join(str(bytes(v) if isinstance(v, memoryview) else v) for v in row.values())
            if hits := [name for name in NAMES if name in text]:
                found.setdefault(model._meta.label, []).append(f"{hits} in {row}")
    return found


def files_of(answer: Any) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as whole:
        return {name: whole.read(name).decode() for name in whole.namelist()}


def test_everything_held_is_downloaded_and_no_secret_with_it(ada: Customer, now: datetime) -> None:
    at_door = Door(ada).known()
    answer = at_door.post("data/")
    files = files_of(answer)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/zip", "nosniff")
    assert "attachment" in answer["Content-Disposition"]
    told = json.loads(files["all.json"])
    assert {part: len(rows) for part, rows in told.items() if rows} == {
        "account": 1, "contacts": 1, "habits": 1, "page_links": len(told["page_links"]), "invoices": 2, "ledger": 4,
        "cards": 1, "letters": 1, "requests": 1, "confirmations": 1, "feedback": 1, "replies": 1,
    }  # fmt: skip
    assert "Spring catalogue" in told["letters"][0]["body"] + files["invoices.csv"]
    assert told["requests"][0]["text"] == "my husband is ill"
    rows = list(csv.DictReader(io.StringIO(files["invoices.csv"].removeprefix("\ufeff"))))
    assert [(row["number"], row["amount"], row["balance"]) for row in rows] == [("R-1", "420", "0"), ("R-0", "10", "0")]
    assert [secret for secret in SECRETS for text in files.values() if secret in text] == []
    assert set(files) == {"README.txt", "all.json", *(f"{part}.csv" for part, rows in told.items() if rows)}


def test_a_download_is_asked_for_by_post_and_five_times_a_day(ada: Customer) -> None:
    at_door = Door(ada).known()
    assert "Download everything" in words(at_door.get("data/"))
    assert [at_door.post("data/").status_code for _ in range(6)] == [200] * 5 + [429]


def test_a_download_holds_nothing_of_another_customer(ada: Customer) -> None:
    grace = reachable("Grace Okafor")
    owes(grace, "5.00", what="Grace only")
    assert "Ada" not in str(everything_held(grace))
    assert "Grace" not in str(everything_held(ada))


def test_erasing_leaves_no_name_and_keeps_the_books(
    ada: Customer, maria: User, provider: Provider, now: datetime
) -> None:
    ledger = list(LedgerEntry.objects.order_by("pk").values())
    begun = begin(asks(ada, now), now=now, by=maria)
    assert begun.state == "telling"
    ada.refresh_from_db()
    assert ada.name == "Ada Lindgren"  # the mail has not left yet
    tick(now=now + timedelta(minutes=1))
    last = provider.accepted()[-1]
    assert (last["to"], "your data" in last["subject"]) == ("ada-lindgren@example.com", True)
    begun.refresh_from_db()
    assert (begun.state, begun.told) == ("erased", "by e-mail, before the address was erased")
    [kept] = named_in_the_database().pop("customers.Invoice")  # what the law wants kept with the invoice
    assert "'R-1'" in kept
    assert set(named_in_the_database()) == {"customers.Invoice"}
    assert list(LedgerEntry.objects.order_by("pk").values()) == ledger
    assert [(i.number, i.amount) for i in ada.invoices.order_by("pk")] == [("R-1", 420), ("R-0", 10)]


def test_money_that_is_theirs_goes_back_first(ada: Customer, maria: User, now: datetime) -> None:
    pays(ada, "5", now)
    with pytest.raises(ErasureRefusal, match="paid more"):
        begin(asks(ada, now), now=now, by=maria)


def test_whoever_owes_cannot_ask_and_is_told_why(ada: Customer, now: datetime) -> None:
    owes(ada, "1.00")
    with pytest.raises(RequestRefusal, match="Something is open"):
        asks(ada, now)
    assert "Once everything is paid" in words(Door(ada).known().get("help/erasure/"))


def test_a_debt_that_comes_in_between_stops_it_whole(ada: Customer, maria: User, now: datetime) -> None:
    begun = begin(asks(ada, now), now=now, by=maria)
    owes(ada, "1.00")
    Confirmation.objects.update(state="sent")
    assert finish_erasures(now=now) == 0
    begun.refresh_from_db()
    ada.refresh_from_db()
    assert (begun.state, "Invoices are open" in begun.reason, ada.name) == ("stopped", True, "Ada Lindgren")
    assert PaymentMethod.objects.get().removed_at is None


def test_a_fault_in_the_middle_leaves_everything_and_the_next_turn_ends_it(
    ada: Customer, maria: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(asks(ada, now), now=now, by=maria)
    Confirmation.objects.update(state="sent")
    with monkeypatch.context() as patched:
        patched.setattr(erasure, "erase_customer", lambda *_a, **_k: 1 / 0)
        assert finish_erasures(now=now) == 0
    ada.refresh_from_db()
    assert (ada.name, Notice.objects.exclude(body="").exists()) == ("Ada Lindgren", True)
    assert [finish_erasures(now=now), finish_erasures(now=now)] == [1, 0]


def test_beginning_twice_is_one_erasure_and_one_mail(ada: Customer, maria: User, now: datetime) -> None:
    asked = asks(ada, now)
    assert begin(asked, now=now, by=maria) == begin(asked, now=now, by=maria)
    assert (Erasure.objects.count(), Confirmation.objects.filter(occasion="erased").count()) == (1, 1)


def test_who_has_no_address_is_erased_and_that_is_said(ada: Customer, maria: User, now: datetime) -> None:
    asked = asks(ada, now)
    ada.contacts.update(email="")
    begin(asked, now=now, by=maria)
    tick(now=now + timedelta(minutes=1))
    assert Erasure.objects.get().told == "not: there was no address that takes mail"


def test_letters_on_paper_stay_as_printed_and_the_list_says_so(ada: Customer, maria: User, now: datetime) -> None:
    PaperLetter.objects.create(
        key="p", recipient=ada.name, address="12 Mill Lane", subject="x", language="en", customer_number=ada.number,
        pages=1, pdf=b"%PDF", sha256="0" * 64,
    )  # fmt: skip
    begin(asks(ada, now), now=now, by=maria)
    Confirmation.objects.update(state="sent")
    finish_erasures(now=now)
    kept, gone = Erasure.objects.get().kept, Erasure.objects.get().erased
    assert any("letter(s) on paper as printed" in line for line in kept)
    assert any("1 invoice(s) with their ledger" in line and "2036-12-31" in line for line in kept)
    assert any("what 1 invoice(s) were for, older" in line for line in gone)
    assert set(named_in_the_database()) == {"customers.Invoice", "dunning.PaperLetter"}


def test_links_and_pages_are_shut_afterwards(ada: Customer, maria: User, now: datetime) -> None:
    at_door = Door(ada, now=timezone.now())
    begin(asks(ada, now), now=now, by=maria)
    Confirmation.objects.update(state="sent")
    finish_erasures(now=now)
    assert at_door.get().status_code == 404
