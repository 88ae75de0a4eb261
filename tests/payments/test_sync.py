"""A gateway's customers, invoices and charges in our books: each once, whatever way and in whatever order it comes."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from customers.models import Contact, Customer, CustomerChange, Invoice, LedgerEntry
from customers.operations.ledger import Posting, post
from payments.models import (
    ChargeAttempt,
    GatewayCustomer,
    GatewayEvent,
    GatewayInvoice,
    Payment,
    PaymentMethod,
    Refund,
    SyncFinding,
    SyncRun,
)
from payments.operations.inbox import apply_events, catch_up
from payments.operations.sync import sync
from payments.operations.sync_objects import look_again
from tests.billing import BROKE, PAYS, Billing, soon
from tests.people import owes, person

pytestmark = pytest.mark.django_db(transaction=True)


Kind = LedgerEntry.Kind


def counts(run: SyncRun) -> tuple[int, int, int, int]:
    return run.new, run.changed, run.unchanged, run.refused


def ledger(invoice: Invoice) -> list[tuple[str, Decimal]]:
    return [(entry.kind, entry.amount) for entry in invoice.entries.order_by("pk")]


def test_company_without_a_file_finds_its_customers_and_debts_here(billing: Billing) -> None:
    ada = billing.customer(card=BROKE)
    made = billing.invoice(ada, 12050, retries=True, description="Team plan, March")
    billing.try_now(made)

    assert counts(sync("stripe", now=soon())) == (3, 0, 0, 0)

    customer = Customer.objects.get()
    facts = (customer.number, customer.name, customer.language, customer.country, customer.time_zone)
    assert facts == (ada, "Ada Lindgren", "de", "DE", "Europe/Berlin")
    assert Contact.objects.get(is_primary=True).email == "ada@example.com"
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.customer, invoice.balance) == ("DESK-0001", customer, Decimal("120.50"))
    assert (invoice.description, ledger(invoice)) == ("Team plan, March", [(Kind.INVOICED, Decimal("120.50"))])
    card = PaymentMethod.objects.get()
    assert (card.last4, card.is_default, card.charge_agreed_at is None) == ("9995", True, False)
    tried = ChargeAttempt.objects.get()
    assert (tried.state, tried.decline_code, tried.network_code) == ("declined", "insufficient_funds", "51")
    assert (tried.is_elsewhere, tried.is_attended, tried.invoice_ids) == (True, False, [invoice.pk])
    assert tried.card_fingerprint == card.fingerprint


def test_second_sync_changes_nothing(billing: Billing) -> None:
    made = billing.invoice(billing.customer(card=BROKE))
    billing.try_now(made)
    sync("stripe", now=soon())
    CustomerChange.objects.all().delete()
    assert counts(sync("stripe", now=soon(minutes=5))) == (0, 0, 3, 0)
    assert counts(sync("stripe", now=soon(minutes=9), everything=True)) == (0, 0, 3, 0)
    assert (CustomerChange.objects.count(), LedgerEntry.objects.count()) == (0, 1)


def test_payment_at_stripe_settles_the_invoice_once(billing: Billing) -> None:
    made = billing.invoice(billing.customer(card=PAYS))
    sync("stripe", now=soon())
    billing.try_now(made)
    for _ in range(3):
        look_again("stripe", f"invoice/{made}", now=soon())
        sync("stripe", now=soon(), everything=True)
    payment = Payment.objects.get()
    assert [(payment.reference, payment.amount)] == billing.processor.taken()
    assert (payment.provider, payment.source, Invoice.objects.get().balance) == ("stripe", "gateway", 0)
    assert ChargeAttempt.objects.get().payment == payment


@pytest.mark.parametrize(
    ("how", "kind"),
    [("void_invoice", Kind.CREDITED), ("mark_uncollectible", Kind.WRITTEN_OFF)],
    ids=["void", "given up"],
)
def test_invoice_that_ends_without_money_is_closed_in_the_ledger(billing: Billing, how: str, kind: str) -> None:
    made = billing.invoice(billing.customer())
    sync("stripe", now=soon())
    getattr(billing.gateway.client.invoices, how)(made)
    for _ in range(2):
        look_again("stripe", f"invoice/{made}", now=soon())
    assert ledger(Invoice.objects.get()) == [(Kind.INVOICED, 120), (kind, -120)]
    assert Payment.objects.count() == 0


def test_money_that_stripe_counts_past_itself_is_a_payment_too(billing: Billing) -> None:
    made = billing.invoice(billing.customer())
    sync("stripe", now=soon())
    billing.accounts.mark_paid(made)
    for _ in range(2):
        look_again("stripe", f"invoice/{made}", now=soon())
    assert (Payment.objects.get().amount, Invoice.objects.get().balance) == (120, 0)


def test_invoice_that_a_file_brought_is_linked_and_not_doubled(billing: Billing) -> None:
    ada = person("Ada Lindgren", number="A-1")
    invoice = owes(ada, "120.00", number="DESK-0001")
    post([Posting(invoice.pk, Kind.PAID, Decimal(-120), invoice.due_on, "import")], now=soon())
    made = billing.invoice(billing.customer(number="A-1", card=PAYS))
    billing.try_now(made)

    assert sync("stripe", now=soon(), everything=True).refused == 0

    assert (Customer.objects.count(), Invoice.objects.count()) == (1, 1)
    assert GatewayInvoice.objects.get().invoice == invoice
    assert ledger(invoice) == [(Kind.INVOICED, 120), (Kind.PAID, -120)]  # the file had told of this very money
    assert Payment.objects.count() == 0


def test_number_of_somebody_elses_invoice_is_refused_with_its_remedy(billing: Billing) -> None:
    owes(person("Bea Novak", number="B-1"), "120.00", number="DESK-0001")
    made, fine = billing.invoice(billing.customer()), billing.invoice(billing.customer("Cleo Marsh"))

    assert sync("stripe", now=soon()).refused == 1

    found = SyncFinding.objects.get()
    assert (found.external_id, found.field, found.is_refused) == (made, "customer", True)
    assert "B-1" in found.problem and "carry our number B-1" in found.remedy
    assert GatewayInvoice.objects.get().external_id == fine
    assert Invoice.objects.get(number="DESK-0001").customer.number == "B-1"


def test_finding_goes_when_it_is_mended_there(billing: Billing) -> None:
    owes(person("Bea Novak", number="B-1"), "120.00", number="DESK-0001")
    bea = billing.customer("Bea Novak")
    made = billing.invoice(bea)
    sync("stripe", now=soon())
    billing.gateway.client.customers.update(bea, {"metadata": {"desk_customer": "B-1"}})
    look_again("stripe", f"customer/{bea}", now=soon())
    look_again("stripe", f"invoice/{made}", now=soon())
    assert SyncFinding.objects.count() == 0
    assert GatewayInvoice.objects.get().invoice.customer.number == "B-1"


def test_another_amount_than_in_the_books_is_refused_and_the_books_are_kept(billing: Billing) -> None:
    invoice = owes(person("Ada Lindgren", number="A-1"), "99.00", number="DESK-0001")
    billing.invoice(billing.customer(number="A-1"))
    assert sync("stripe", now=soon()).refused == 1
    assert SyncFinding.objects.get().problem == "differs from 99.00 EUR in the books"
    invoice.refresh_from_db()
    assert invoice.balance == 99


def test_field_that_cannot_be_read_is_left_out_and_shown(billing: Billing) -> None:
    billing.customer(name="4242 4242 4242 4242", email="no address", phone="=1+1", address={"country": "XX"})
    assert counts(sync("stripe", now=soon())) == (1, 0, 0, 0)
    customer = Customer.objects.get()
    assert (customer.name, customer.country, Contact.objects.count()) == (customer.number, "", 0)
    assert set(SyncFinding.objects.values_list("field", flat=True)) == {"name", "email", "phone", "country"}
    assert "4242 4242" not in SyncFinding.objects.get(field="name").value
    assert not SyncFinding.objects.filter(is_refused=True).exists()


def test_row_that_breaks_stops_no_other(billing: Billing, settings: Settings) -> None:
    ada = billing.customer()
    billing.invoice(ada)
    billing.invoice(ada)
    sync("stripe", now=soon())
    with connection.cursor() as cursor:  # a fault that nobody foresaw, in one row of the page
        cursor.execute("UPDATE payments_gatewayinvoice SET state = 'paid' WHERE external_id > ''")
        cursor.execute(
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NEW.state = 'open' AND NEW.invoice_id = (SELECT min(id) FROM customers_invoice) THEN "
            "RAISE EXCEPTION 'broken'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER broken BEFORE UPDATE ON payments_gatewayinvoice FOR EACH ROW EXECUTE FUNCTION broken()"
        )
    try:
        run = sync("stripe", now=soon(minutes=1))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER broken ON payments_gatewayinvoice; DROP FUNCTION broken()")
    assert (run.changed, run.refused) == (1, 1)
    assert "unexpected error" in SyncFinding.objects.get().problem


def test_customer_is_changed_as_stripe_says_and_nothing_said_blanks_nothing(billing: Billing) -> None:
    ada = billing.customer(phone="+49 30 123456")
    sync("stripe", now=soon())
    asked = {"name": "Ada Lindgren-Okafor", "phone": "", "email": "new@example.com"}
    billing.gateway.client.customers.update(ada, asked)  # type: ignore[arg-type]
    look_again("stripe", f"customer/{ada}", now=soon())
    contact = Contact.objects.get()
    assert (Customer.objects.get().name, contact.email) == ("Ada Lindgren-Okafor", "new@example.com")
    assert contact.phone == "+49 30 123456"


def test_page_takes_as_many_queries_for_thirty_invoices_as_for_three(billing: Billing) -> None:
    def queries_of_a_sync() -> int:
        with CaptureQueriesContext(connection) as queries:
            sync("stripe", now=soon(), everything=True)
        return len(queries)

    def add(number: int) -> None:
        for place in range(number):
            who = billing.customer(f"Ada{place} Lindgren", card=PAYS)
            billing.try_now(billing.invoice(who))

    add(3)
    few = queries_of_a_sync()
    add(27)
    assert queries_of_a_sync() <= few + 4  # the statements in batches by state: some have no row in the first sync
    assert (Payment.objects.count(), GatewayCustomer.objects.count()) == (30, 30)


def test_rehearsal_counts_and_changes_nothing(billing: Billing) -> None:
    billing.invoice(billing.customer())
    assert counts(sync("stripe", now=soon(), is_rehearsal=True)) == (2, 0, 0, 0)
    assert [model.objects.count() for model in (Customer, Invoice, SyncRun, GatewayCustomer)] == [0, 0, 0, 0]


def test_command_says_in_numbers_what_came(billing: Billing) -> None:
    billing.invoice(billing.customer())
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("sync_gateway", stdout=said, stderr=StringIO())
    assert (ended.value.code, said.getvalue().splitlines()[0]) == (
        0,
        "gateway=stripe new=2 changed=0 unchanged=0 refused=0",
    )
    with pytest.raises(SystemExit) as ended:
        call_command("sync_gateway", "sandbox", stdout=said, stderr=StringIO())
    assert ended.value.code == 2


def test_run_whose_last_row_was_deleted_meanwhile_begins_its_stage_anew(billing: Billing) -> None:
    billing.invoice(billing.customer())
    SyncRun.objects.create(gateway="stripe", after="cus_deleted", only_open=True, started_at=soon())
    assert counts(sync("stripe", now=soon())) == (2, 0, 0, 0)
    assert SyncRun.objects.count() == 1


def test_invoice_before_its_customer_brings_the_customer(billing: Billing) -> None:
    made = billing.invoice(billing.customer())
    look_again("stripe", f"invoice/{made}", now=soon())
    assert (Customer.objects.get().name, Invoice.objects.get().balance) == ("Ada Lindgren", 120)


def test_try_before_its_invoice_brings_both(billing: Billing) -> None:
    made = billing.invoice(billing.customer(card=BROKE))
    billing.try_now(made)
    [tried] = billing.gateway.client.charges.list().data
    look_again("stripe", f"try/{tried.id}", now=soon())
    assert ChargeAttempt.objects.get().invoice_ids == [Invoice.objects.get().pk]


@pytest.mark.parametrize(("how", "kind", "owed"), [("refund", "refund", 50), ("dispute", "chargeback", 120)])
@pytest.mark.parametrize("is_known", [True, False], ids=["invoice known", "nothing known"])
def test_money_that_stripe_took_and_that_went_back_is_owed_again_once(
    billing: Billing, how: str, kind: str, owed: int, is_known: bool
) -> None:
    made = billing.invoice(billing.customer(card=PAYS))
    if is_known:
        sync("stripe", now=soon())
    billing.try_now(made)
    if how == "refund":
        [(intent, _)] = billing.processor.taken()
        billing.gateway.client.refunds.create({"payment_intent": intent, "amount": 5000})
    else:
        billing.processor.control("dispute", charge=billing.processor.books()["taken"][0]["charge"])
    catch_up(now=soon())
    GatewayEvent.objects.filter(about="").delete()
    latest = GatewayEvent.objects.order_by("-pk").values("pk")[:1]
    GatewayEvent.objects.exclude(pk__in=latest).update(look_at=soon(minutes=1))  # it is heard of first
    for minute in range(3):
        apply_events(now=soon(minutes=minute))
    assert (Invoice.objects.get().balance, Refund.objects.get().kind) == (owed, kind)
    assert not GatewayEvent.objects.filter(state="waiting").exists()
    assert Invoice.objects.get().customer.holds.filter(kind="dispute").exists()  # until a person has looked


def test_old_closed_invoices_come_only_when_asked_for(billing: Billing) -> None:
    billing.try_now(billing.invoice(billing.customer(card=PAYS)))
    sync("stripe", now=soon())
    assert Invoice.objects.count() == 0
    sync("stripe", now=soon(), since=soon(hours=-1) - timedelta(hours=1))
    assert Invoice.objects.get().balance == 0
