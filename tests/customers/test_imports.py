"""What a file changes in the books, and what it does not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers.models import Consent, Contact, ContactStop, Customer, CustomerChange, Invoice, LedgerEntry
from customers.operations import consideration, ledger
from tests.importing import ROW, books, counts, csv_of, pay, problems, row, take
from tests.people import NOW, owes, person

pytestmark = pytest.mark.django_db
PDF = "https://example.com/invoices/2026-001.pdf"


def only_invoice() -> Invoice:
    return Invoice.objects.get()


def entries() -> list[tuple[str, Decimal, date]]:
    return list(LedgerEntry.objects.order_by("pk").values_list("kind", "amount", "occurred_on"))


def test_row_becomes_customer_contact_invoice_and_ledger() -> None:
    run = take(csv_of(row(phone="+46 8 123456", country="SE", segment="retail", description="Flour", pdf_url=PDF)))
    assert counts(run) == {"new": 1}
    assert (run.state, run.new_customers) == ("done", 1)
    customer = Customer.objects.get()
    assert (customer.number, customer.name, customer.segment) == ("C-1", "Lindqvist Bakery", "retail")
    assert (customer.language, customer.country, customer.time_zone) == ("en", "SE", "Europe/Stockholm")
    contact = Contact.objects.get()
    assert (contact.email, contact.phone, contact.is_primary) == ("anna@lindqvist.example", "+46 8 123456", True)
    invoice = only_invoice()
    assert (invoice.amount, invoice.balance, invoice.description, invoice.pdf_url) == (100, 100, "Flour", PDF)
    assert entries() == [("invoiced", 100, date(2026, 1, 15))]
    assert list(CustomerChange.objects.values_list("customer_id", flat=True)) == [customer.pk]


def test_customer_without_country_gets_the_desks_zone_and_language() -> None:
    take(csv_of(row()))
    assert (Customer.objects.get().language, Customer.objects.get().time_zone) == ("en", "UTC")


@pytest.mark.parametrize(
    ("said", "kind"),
    [("business", "business"), ("B2C", "consumer"), ("Unternehmen", "business"), ("particulier", "consumer")],
)
def test_file_says_whether_customers_buy_as_businesses_or_consumers(said: str, kind: str) -> None:
    take(csv_of(row()))
    assert Customer.objects.get().kind == "unknown"
    run = take(csv_of(row(**{"Buys as": said})))
    assert (Customer.objects.get().kind, run.changed_customers) == (kind, 1)
    for silent in (row(), row(buys_as="")):
        assert take(csv_of(silent)).changed_customers == 0
    assert Customer.objects.get().kind == kind
    take(csv_of(row(customer_number="C-2", invoice_number="2026-002", buys_as=said)))
    assert Customer.objects.get(number="C-2").kind == kind


def test_customer_who_buys_as_both_is_refused() -> None:
    run = take(csv_of(row(buys_as="business"), row(invoice_number="2026-002", buys_as="consumer")))
    assert (run.refused, Customer.objects.count()) == (2, 0)


def test_file_brings_refusals_with_their_proof_and_overrules_nobody() -> None:
    run = take(csv_of(row()))
    told = take(csv_of(row(refuses="SMS; Angebote")))
    assert (told.changed_customers, run.new_customers) == (1, 1)
    assert set(ContactStop.objects.values_list("channel", "topic")) == {("sms", ""), ("", "offers")}
    assert set(Consent.objects.values_list("is_given", "channel", "source")) == {
        (False, "sms", f"in a file (import {told.pk})"),
        (False, "", f"in a file (import {told.pk})"),
    }
    for stop in ContactStop.objects.filter(channel="sms"):
        consideration.release_stop(stop, source="by SMS", now=NOW, by=None)
    assert take(csv_of(row(refuses="sms,offers"))).changed_customers == 0, "what was said to us since counts"
    assert not ContactStop.objects.filter(channel="sms", released_at=None).exists()
    take(csv_of(row(customer_number="C-2", invoice_number="2026-002", refuses="everything")))
    assert ContactStop.objects.get(customer__number="C-2").channel == ""


def test_file_brings_tags_and_the_day_since_when() -> None:
    take(csv_of(row()))
    run = take(csv_of(row(**{"labels": "vip; Berlin, VIP", "Kunde seit": "2020-03-15"})))
    customer = Customer.objects.get()
    assert (customer.tags, customer.since_on, run.changed_customers) == (["Berlin", "vip"], date(2020, 3, 15), 1)
    for same_or_silent in (row(tags="vip|Berlin"), row(tags="", since_on="")):
        assert take(csv_of(same_or_silent)).changed_customers == 0
    take(csv_of(row(customer_number="C-2", invoice_number="2026-002", tags="new")))
    assert Customer.objects.get(number="C-2").tags == ["new"]


def test_customer_with_two_days_of_since_is_refused() -> None:
    run = take(csv_of(row(since_on="2020-03-15"), row(invoice_number="2026-002", since_on="2021-03-15")))
    assert (run.refused, Customer.objects.count()) == (2, 0)


def test_file_brings_the_postal_address_of_the_contact() -> None:
    home = {"Straße": "Hauptstr. 5", "PLZ": "10115", "Ort": "Berlin", "address line 2": "Hinterhaus", "state": "BE"}
    take(csv_of(row(**home)))
    contact = Contact.objects.get()
    assert contact.postal_address == "Hauptstr. 5, Hinterhaus, 10115, Berlin, BE"
    assert counts(take(csv_of(row(**home)))) == {"unchanged": 1}
    take(csv_of(row(street="Hauptstr. 5", city="Berlin-Mitte")))
    contact.refresh_from_db()
    assert contact.postal_address == "Hauptstr. 5, Hinterhaus, 10115, Berlin-Mitte, BE"


def test_who_has_moved_takes_nothing_of_the_old_address_along() -> None:
    take(csv_of(row(street="Hauptstr. 5", street_2="Hinterhaus", postal_code="10115", city="Berlin")))
    take(csv_of(row(street="1 Main St", street_2="", postal_code="", city="Springfield")))
    contact = Contact.objects.get()
    assert (contact.postal_address, contact.email) == ("1 Main St, Springfield", "anna@lindqvist.example")


def test_address_without_street_or_city_is_none() -> None:
    take(csv_of(row(postal_code="10115", city="Berlin")))
    assert Contact.objects.get().postal_address == ""


def test_same_file_twice_changes_nothing() -> None:
    content = csv_of(row(paid_amount="30"), row(invoice_number="2026-002", paid_amount=""))
    take(content)
    before = books()
    CustomerChange.objects.all().delete()
    run = take(content, now=NOW + timedelta(days=1))
    assert counts(run) == {"unchanged": 2}
    assert books() == before
    assert not CustomerChange.objects.exists()
    assert not Invoice.objects.filter(updated_at__gt=NOW).exists()


def test_absent_cells_and_columns_say_nothing() -> None:
    take(csv_of(row(phone="+46 8 123456", segment="retail", description="Flour", language="de")))
    take(csv_of({**ROW, "email": ""}, {**ROW, "invoice_number": "2026-002", "email": ""}))
    take(csv_of({name: cell for name, cell in ROW.items() if name not in ("email", "issued_on")}))
    assert Contact.objects.get().email == "anna@lindqvist.example"
    assert Contact.objects.get().phone == "+46 8 123456"
    assert (Customer.objects.get().segment, Customer.objects.get().language) == ("retail", "de")
    first = Invoice.objects.get(number="2026-001")
    assert (first.description, first.issued_on) == ("Flour", date(2026, 1, 15))


def test_absent_rows_mean_nothing() -> None:
    take(csv_of(row(), row(invoice_number="2026-002")))
    take(csv_of(row(invoice_number="2026-003")))
    assert Invoice.objects.filter(balance=100).count() == 3


def test_new_facts_are_taken_and_announced() -> None:
    take(csv_of(row()))
    CustomerChange.objects.all().delete()
    run = take(csv_of(row(customer_name="Lindqvist AB", email="billing@lindqvist.example", due_on="2026-02-20")))
    assert counts(run) == {"changed": 1}
    assert run.changed_customers == 1
    assert Customer.objects.get().name == "Lindqvist AB"
    assert Contact.objects.get().email == "billing@lindqvist.example"
    assert only_invoice().due_on == date(2026, 2, 20)
    assert CustomerChange.objects.count() == 1


def test_facts_spread_over_rows_are_put_together() -> None:
    take(csv_of(row(email="", phone="+46 8 123456"), row(invoice_number="2026-002", phone="")))
    assert (Contact.objects.get().email, Contact.objects.get().phone) == ("anna@lindqvist.example", "+46 8 123456")


def test_paid_amount_is_the_sum_so_far_and_only_the_difference_is_posted() -> None:
    take(csv_of(row(paid_amount="30", paid_on="2026-02-01")))
    take(csv_of(row(paid_amount="80", paid_on="2026-02-10")))
    assert entries() == [
        ("invoiced", 100, date(2026, 1, 15)),
        ("paid", -30, date(2026, 2, 1)),
        ("paid", -50, date(2026, 2, 10)),
    ]
    assert only_invoice().balance == 20


def test_payment_the_desk_knows_is_not_posted_again() -> None:
    take(csv_of(row()))
    pay(only_invoice(), "30")
    take(csv_of(row(paid_amount="80")))
    assert only_invoice().balance == 20


def test_paid_on_alone_pays_in_full() -> None:
    take(csv_of(row(paid_on="2026-02-01")))
    assert only_invoice().balance == 0
    assert entries()[-1] == ("paid", -100, date(2026, 2, 1))


def test_payment_without_date_has_the_day_of_the_import() -> None:
    take(csv_of(row(paid_amount="10")))
    assert entries()[-1] == ("paid", -10, NOW.date())


def test_changed_amount_of_an_open_invoice_is_posted_as_difference() -> None:
    take(csv_of(row()))
    take(csv_of(row(amount="120")))
    take(csv_of(row(amount="90")))
    assert [amount for _, amount, _ in entries()] == [100, 20, -30]
    assert (only_invoice().amount, only_invoice().balance) == (90, 90)


def test_file_never_reopens_what_a_payment_closed() -> None:
    take(csv_of(row()))
    pay(only_invoice(), "100")
    run = take(csv_of(row(amount="150", paid_amount="0")))
    assert counts(run) == {"conflicts": 1}
    assert only_invoice().balance == 0
    assert [p[2] for p in problems(run)] == ["amount"]


def test_file_that_knows_of_less_money_is_a_conflict_the_books_win() -> None:
    take(csv_of(row()))
    pay(only_invoice(), "60")
    run = take(csv_of(row(paid_amount="20", due_on="2026-02-28")))
    assert problems(run) == [(2, "conflict", "paid_amount", "is less than the 60 in the books")]
    assert (only_invoice().balance, only_invoice().due_on) == (40, date(2026, 2, 28))


def test_file_that_knows_of_more_money_than_is_open_settles_what_is_open() -> None:
    take(csv_of(row()))
    ledger.credit(only_invoice(), Decimal(30), reason="broken", now=NOW, on=NOW.date(), by=None)
    run = take(csv_of(row(paid_amount="100")))
    assert [kind for _, kind, _, _ in problems(run)] == ["conflict"]
    assert only_invoice().balance == 0
    before = books()
    assert counts(take(csv_of(row(paid_amount="100")))) == {"unchanged": 1}  # both say: closed
    assert books() == before


def test_amount_below_what_is_settled_is_a_conflict() -> None:
    take(csv_of(row(paid_amount="60")))
    assert counts(take(csv_of(row(amount="50")))) == {"conflicts": 1}
    assert (only_invoice().amount, only_invoice().balance) == (100, 40)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"customer_number": "C-2"}, "customer_number"),
        ({"currency": "USD"}, "currency"),
        ({"issued_on": "", "due_on": "2026-01-01"}, "due_on"),
    ],
)
def test_row_that_contradicts_what_cannot_change_is_refused(cells: dict[str, str], column: str) -> None:
    take(csv_of(row()))
    before = books()
    run = take(csv_of(row(**cells)))
    assert counts(run) == {"refused": 1}
    assert [found for _, _, found, _ in problems(run)] == [column]
    assert books() == before


def test_import_does_not_touch_other_customers() -> None:
    owes(person("Grace Okafor"), "50")
    before = Customer.objects.values().get()
    take(csv_of(row()))
    assert Customer.objects.values().get(number="GRACE-OKAFOR") == before


def renewal(number: str = "C-1") -> tuple[object, ...]:
    wanted = ("renews_on", "renewal_of", "renewal_amount", "renewal_currency")
    return Customer.objects.values_list(*wanted).get(number=number)


def test_renewal_comes_with_a_file_and_another_day_replaces_it_as_a_whole() -> None:
    told = {"Renewal date": "2026-09-01", "Subscription": "Website care", "Renewal price": "240.00"}
    take(csv_of(row(**told)))
    assert renewal() == (date(2026, 9, 1), "Website care", Decimal(240), "EUR")
    take(csv_of(row(renews_on="2026-09-01", renewal_of="Website care, large")))
    assert renewal() == (date(2026, 9, 1), "Website care, large", Decimal(240), "EUR")
    take(csv_of(row()))
    assert renewal() == (date(2026, 9, 1), "Website care, large", Decimal(240), "EUR")
    take(csv_of(row(renews_on="2027-09-01", renewal_amount="300", renewal_currency="chf")))
    assert renewal() == (date(2027, 9, 1), "", Decimal(300), "CHF")


def test_price_of_a_renewal_without_its_day_or_too_fine_is_refused() -> None:
    for cells, says in (
        ({"renewal_amount": "240.00"}, "is given without renews_on"),
        ({"renews_on": "2026-09-01", "renewal_amount": "2.5", "renewal_currency": "JPY"}, "more decimals than JPY"),
    ):
        [(_, _, column, problem)] = problems(take(csv_of(row(**cells))))
        assert (column, says in problem) == ("renewal_amount", True)
