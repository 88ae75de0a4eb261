"""What we hold is erased as far as the law lets it, in one go, and what others have stays theirs."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import Settings

from customers.models import Contact, Customer, LedgerEntry, SuppressedAddress
from dunning.models import (
    CaseEvent,
    Confirmation,
    CustomerRequest,
    DeliveryEvent,
    Erasure,
    MailboxMessage,
    Notice,
    PaperLetter,
    Reply,
)
from dunning.operations import erasure, requests
from dunning.operations.erasure import ErasureRefusal, begin, finish_erasures
from dunning.operations.requests import Asked, RequestRefusal
from dunning.operations.tick import tick
from dunning.rules.needs import Need
from payments.gateways.sandbox import SandboxGateway
from payments.models import GatewayCustomer, GatewayEvent, GatewayInvoice, PaymentMethod
from payments.operations import cards
from tests.dunning.conftest import wrote
from tests.gateways import ForgetsNothing, use_gateway
from tests.people import owes, pays, reachable
from tests.portal.conftest import Door, words
from tests.provider import Provider

pytestmark = pytest.mark.django_db
# Whatever names her, in any table. Kept on purpose, and said so: letters as printed, and what the bank wrote.
NAMES = ("Lindgren", "lindgren", "Ada ", "12345678", "Mill Lane", "my husband is ill", "catalogue")


def asks(customer: Customer, now: datetime) -> CustomerRequest:
    return requests.ask(customer, Asked(Need.ERASURE, text="Please"), now=now)


def is_erased(customer: Customer, maria: User, now: datetime) -> Erasure:
    """Asked for, told by mail and done."""
    begun = begin(asks(customer, now), now=now, by=maria)
    Confirmation.objects.update(state="sent")
    assert finish_erasures(now=now) == 1
    begun.refresh_from_db()
    return begun


def named_in_the_database() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for model in apps.get_models():
        if model._meta.app_label in ("sessions", "django_q"):
            continue
        for row in model._base_manager.values():
            text = " ".join(str(bytes(v) if isinstance(v, memoryview) else v) for v in row.values())
            if hits := [name for name in NAMES if name in text]:
                found.setdefault(model._meta.label, []).append(f"{hits} in {row}")
    return found


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
    named = named_in_the_database()
    [invoice], [consent] = named.pop("customers.Invoice"), named.pop("customers.Consent")
    assert "'R-1'" in invoice, "what the law wants kept with the invoice"
    assert "my husband is ill" in consent, "proof of what they wanted, in their words"
    assert named == {}
    assert set(CaseEvent.objects.values_list("text", flat=True)) == {"erased"}
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
    done = is_erased(ada, maria, now)
    kept, gone = done.kept, done.erased
    assert any("letter(s) on paper as printed" in line for line in kept)
    assert any("1 invoice(s) with their ledger" in line and "2036-12-31" in line for line in kept)
    assert any("what 1 invoice(s) were for, older" in line for line in gone)
    assert set(named_in_the_database()) == {"customers.Invoice", "customers.Consent", "dunning.PaperLetter"}


def test_links_and_pages_are_shut_afterwards(ada: Customer, maria: User, now: datetime) -> None:
    at_door = Door(ada, now=timezone.now())
    is_erased(ada, maria, now)
    assert at_door.get().status_code == 404


def test_the_history_is_emptied_by_an_erasure_under_way_and_by_nothing_else(
    ada: Customer, maria: User, now: datetime
) -> None:
    for change in ({"text": "erased"}, {"text": "nicer"}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            CaseEvent.objects.update(**change)
    begin(asks(ada, now), now=now, by=maria)
    for change in ({"text": "nicer"}, {"text": "erased", "kind": "closed"}, {"text": "erased", "actor": None}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            CaseEvent.objects.update(**change)


def test_what_waits_for_an_answer_is_answered_first(ada: Customer, maria: User, now: datetime) -> None:
    asked = asks(ada, now)
    reply = wrote(ada, "One more thing", now)
    with pytest.raises(ErasureRefusal, match="wait for an answer"):
        begin(asked, now=now, by=maria)
    Reply.objects.filter(pk=reply.pk).delete()
    requests.ask(ada, Asked(Need.CALL, day_part="noon", phone="1"), now=now)
    with pytest.raises(ErasureRefusal, match="wait for an answer"):
        begin(asked, now=now, by=maria)


def test_a_card_is_erased_once_its_gateway_has_forgotten_it(
    ada: Customer, maria: User, now: datetime, settings: Settings, tmp_path: Path
) -> None:
    use_gateway(settings, ForgetsNothing, tmp_path / "journal.sqlite3")
    cards.remove(PaymentMethod.objects.get(), now=now)  # the customer did so before, and the gateway did not hear it
    begun = begin(asks(ada, now), now=now, by=maria)
    Confirmation.objects.update(state="sent")
    assert finish_erasures(now=now) == 0
    begun.refresh_from_db()
    assert (begun.state, "tries again" in begun.reason) == ("telling", True)
    assert PaymentMethod.objects.get().token == "tok_secret"
    use_gateway(settings, SandboxGateway, tmp_path / "journal.sqlite3")
    assert finish_erasures(now=now + timedelta(hours=1)) == 1
    begun.refresh_from_db()
    assert (begun.state, begun.reason, "tok_secret" in PaymentMethod.objects.get().token) == ("erased", "", False)


def test_what_gateways_told_of_anything_of_theirs_is_emptied(ada: Customer, maria: User, now: datetime) -> None:
    GatewayCustomer.objects.create(customer=ada, gateway="sandbox", external_id="cus_1", seen_at=now)
    GatewayInvoice.objects.create(
        invoice=ada.invoices.get(number="R-1"), gateway="sandbox", external_id="in_1", state="paid",
        references=["pi_1"], seen_at=now,
    )  # fmt: skip
    told = {
        "customer/cus_1": b"{Ada }", "invoice/in_1": b"{Ada }", "payment/pi_1": b"{Ada }",
        "credit_note/cn_1": b'{"customer": "cus_1"}', "customer/cus_2": b"{Grace}", "credit_note/cn_2": b"{Grace}",
    }  # fmt: skip
    GatewayEvent.objects.bulk_create(
        GatewayEvent(
            gateway="sandbox", event_id=about, about=about, body=body, happened_at=now, received_at=now, look_at=now
        )
        for about, body in told.items()
    )  # fmt: skip
    is_erased(ada, maria, now)
    left = GatewayEvent.objects.exclude(body=b"").order_by("pk").values_list("about", flat=True)
    assert list(left) == ["customer/cus_2", "credit_note/cn_2"]


SHARED, OLD, COPIED = "books@example.com", "old-ada@example.com", "partner@example.com"


@pytest.fixture
def grace(ada: Customer, now: datetime) -> Customer:
    """Another firm; its bills go to the same accountant as Ada's. Everybody's mail is in one mailbox."""
    other = reachable("Grace Okafor", email=SHARED)
    Contact.objects.create(customer=ada, email=SHARED, is_primary=False, role="billing")
    letter = Notice.objects.earliest("pk")
    Notice.objects.filter(pk=letter.pk).update(address=OLD, copied_to=COPIED)
    for number, (address, notice) in enumerate([(SHARED, None), (OLD, None), (COPIED, letter)]):
        DeliveryEvent.objects.create(
            channel="email", provider="x", event_id=str(number), kind="bounced", recipient=address, happened_at=now,
            received_at=now, notice=notice,
        )  # fmt: skip
    for address in (SHARED, OLD, COPIED, "ada-lindgren@example.com"):
        SuppressedAddress.objects.create(channel="email", address=address, reason="bounced", source="x", since=now)
        wrote(None, "Hello", now, sender=address)
    near = ["x-ada-lindgren@example.com", "ada-lindgren@example.com.au"]
    for to, key in [
        *((to, "") for to in near),
        ("Ada-Lindgren@example.com", ""),
        (f"{SHARED}, {COPIED}", ""),
        (SHARED, letter.message_id),
        (SHARED, "of-grace"),
    ]:
        raw = f"Message-ID: <{key}@desk.example>\n\nHello".encode()
        MailboxMessage.objects.create(received_at=now, to=to, subject=f"{to} {key}", raw=raw)
    return other


def test_what_others_have_stays_theirs_and_former_addresses_go(
    ada: Customer, grace: Customer, maria: User, now: datetime
) -> None:
    done = is_erased(ada, maria, now)
    assert list(DeliveryEvent.objects.order_by("pk").values_list("recipient", flat=True)) == [SHARED, "", ""]
    assert list(SuppressedAddress.objects.values_list("address", flat=True)) == [SHARED]
    strangers = Reply.objects.filter(customer=None).order_by("pk").values_list("sender", "text", "state")
    assert list(strangers) == [(SHARED, "Hello", "waiting"), *[("", "", "answered")] * 3]
    assert list(MailboxMessage.objects.order_by("pk").values_list("subject", flat=True)) == [
        "x-ada-lindgren@example.com ",
        "ada-lindgren@example.com.au ",
        f"{SHARED} of-grace",
    ]
    assert grace.contacts.get().email == SHARED
    assert any("1 message(s) from an address that other customers have" in line for line in done.kept)
    assert set(Notice.objects.values_list("address", "copied_to")) == {("", "")}
