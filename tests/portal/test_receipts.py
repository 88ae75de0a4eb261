"""The receipt of a payment made on the page: as PDF for the one who paid, and by mail once, whatever goes wrong."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import Settings

from customers.models import Customer
from dunning.models import Confirmation
from dunning.operations.confirmations import send_confirmations
from dunning.operations.receipts import write_receipts
from dunning.rules.doors import LIMITS, Deed, Limit
from payments.models import ChargeAttempt, Refund
from payments.operations import refunds
from tests.people import owes, pays, person, reachable
from tests.portal.conftest import DECLINED, Door, words
from tests.provider import Provider, ProviderLosingAnswers

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]


@pytest.fixture
def paid(door: Open) -> Door:
    """Grete has paid one of her two invoices on the page."""
    grete = reachable("Grete Müller", language="de", country="DE", number="C-7")
    owes(grete, "1234.50", number="R-1", what="Wartung im März")
    owes(grete, "80.00", number="R-2")
    at_door = door(grete).known()
    at_door.pay("part", amount="1.234,50")
    return at_door


def receipt_of(at_door: Door) -> str:
    return f"payments/{ChargeAttempt.objects.get().pk}/receipt.pdf"


def test_receipt_is_a_pdf_in_the_customers_language(paid: Door) -> None:
    page = paid.get(receipt_of(paid).removesuffix("receipt.pdf"))
    assert receipt_of(paid) in page.content.decode()
    answer = paid.get(receipt_of(paid))
    assert (answer["Content-Type"], answer["Content-Disposition"][:30]) == (
        "application/pdf",
        'attachment; filename="receipt-',
    )
    [sheet] = PdfReader(BytesIO(answer.content)).pages
    told = " ".join(sheet.extract_text().split())
    for said in ("Quittung", "1.234,50 €", "Grete Müller (C-7)", "R-1", "Wartung im März", "Example Company"):
        assert said in told.replace("\N{NO-BREAK SPACE}", " "), said
    assert "R-2" not in told


def test_receipt_says_what_of_it_went_back(paid: Door) -> None:
    attempt, kind = ChargeAttempt.objects.get(), Refund.Kind.REFUND
    assert attempt.payment
    told = {"on": date(2026, 3, 9), "reason": "Too much", "now": timezone.now()}
    refunds.record(attempt.payment, kind=kind, amount=Decimal(20), **told)  # type: ignore[arg-type]
    page = words(paid.get(f"payments/{attempt.pk}/"))
    said = "20,00 € davon sind am 9. März 2026 zurückgegangen."
    assert (said in page.replace("\N{NO-BREAK SPACE}", " "), "Vielen Dank" in page) == (True, False)
    [sheet] = PdfReader(BytesIO(paid.get(receipt_of(paid)).content)).pages
    assert said in " ".join(sheet.extract_text().split()).replace("\N{NO-BREAK SPACE}", " ")


def test_receipts_are_not_set_without_end(paid: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, Deed.RECEIPT, Limit(0, timedelta(days=1)))
    assert paid.get(receipt_of(paid)).status_code == 429


def test_receipt_is_for_who_paid_and_for_what_was_paid(paid: Door, door: Open, ada: Customer) -> None:
    owes(ada, "10.00")
    stranger = door(ada)
    assert stranger.get(receipt_of(paid)).status_code == 404
    stranger.pay(card=DECLINED)
    refused = ChargeAttempt.objects.get(customer=ada)
    assert stranger.get(f"payments/{refused.pk}/receipt.pdf").status_code == 404


def test_receipt_comes_by_mail_once_with_a_link_to_the_payment(paid: Door, provider: Provider) -> None:
    now = timezone.now()
    for minutes in range(3):
        write_receipts(now=now + timedelta(minutes=minutes))
        send_confirmations(now=now + timedelta(minutes=minutes))
    [mail] = provider.accepted()
    assert mail["subject"] == "Ihr Konto bei Example Company: Ihre Quittung"
    told = mail["text"].replace("\N{NO-BREAK SPACE}", " ")
    assert "haben wir 1.234,50 € von Ihnen erhalten" in told
    assert "R-1 · 1.234,50 €" in told
    [address] = [word for word in told.split() if "/p/" in word and "/payments/" in word]
    page = paid.client.get("/p/" + address.partition("/p/")[2])
    assert "1.234,50 €" in words(page).replace("\N{NO-BREAK SPACE}", " ")


def test_receipt_killed_while_it_is_written_is_written_again_and_never_twice(paid: Door) -> None:
    class KilledError(Exception):
        pass

    with pytest.raises(KilledError), transaction.atomic():
        assert write_receipts(now=timezone.now()) == 1
        raise KilledError
    assert [write_receipts(now=timezone.now()) for _ in range(2)] == [1, 0]
    about = Confirmation.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Confirmation.objects.create(
            attempt=about.attempt, customer=about.customer, occasion="receipt", queued_at=timezone.now(),
            due_at=timezone.now(),
        )  # fmt: skip


def test_receipt_of_unknown_fate_waits_for_a_person(paid: Door, provider: Provider, settings: Settings) -> None:
    lost = f"tests.provider.{ProviderLosingAnswers.__name__}"
    settings.DUNNING_CHANNELS = {"email": {"class": lost, "options": {"journal": str(provider.journal)}}}
    for minutes in (0, 1, 5):
        write_receipts(now=timezone.now() + timedelta(minutes=minutes))
        send_confirmations(now=timezone.now() + timedelta(minutes=minutes))
    assert (Confirmation.objects.get().state, len(provider.accepted())) == ("in_doubt", 1)


def test_no_receipt_of_what_was_not_paid_on_the_page_or_long_ago(paid: Door, door: Open) -> None:
    bo = reachable("Bo Nilsson")
    owes(bo, "10.00")
    pays(bo, "10", timezone.now())  # by bank: the desk recorded it
    nobody = person("Nemo Nobody")
    owes(nobody, "10.00")
    door(nobody).pay()  # without an address
    assert write_receipts(now=timezone.now() + timedelta(days=4)) == 0
    assert write_receipts(now=timezone.now()) == 1
    assert Confirmation.objects.get().customer == paid.customer
