"""Money at the bank on the desk: taking a file in, taking a suggestion, choosing by hand, setting aside."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from payments.models import BankFile, BankLine, Payment
from payments.operations.bank_files import take_in
from tests.bank import IBAN, Credit, bank_csv, camt
from tests.people import owes, person
from tests.screens.pressing import opened, plain, press, send

UPLOAD = reverse("admin:payments_bankline_upload")
LIST = reverse("admin:payments_bankline_changelist")


@pytest.fixture
def debtor(db: None) -> Customer:
    ada = person("Ada Lindgren", "C-1")
    owes(ada, "120.00", number="R-2026-0001")
    return ada


def came(*credits: Credit) -> BankLine:
    take_in(camt(*credits), name="statement.xml", now=timezone.now(), by=None)
    return BankLine.objects.latest("pk")


def page_of(line: BankLine) -> str:
    return reverse("admin:payments_bankline_change", args=[line.pk])


def upload(client: Client, content: bytes, **told: str) -> Any:
    return client.post(UPLOAD, {"file": SimpleUploadedFile("bank.csv", content), **told}, follow=True)


def accept(client: Client, line: BankLine, customer: Customer, *invoices: int) -> list[str]:
    told = {"customer": customer.pk, "invoices": ",".join(map(str, invoices))}
    page = client.post(reverse("admin:payments_bankline_accept", args=[line.pk]), told, follow=True)
    return [plain(str(message)) for message in page.context["messages"]]


def test_file_is_taken_in_and_its_sure_matches_posted(collector: Client, debtor: Customer) -> None:
    page = upload(collector, bank_csv(Credit("120.00", "R-2026-0001"), Credit("7.00", "?")), account="de1")
    assert [str(m) for m in page.context["messages"]] == ["2 entries read, 2 new, 1 of them posted by a sure match."]
    assert page.redirect_chain[0][0] == f"{LIST}?state=waiting"
    file = BankFile.objects.get()
    assert (file.name, file.taken_by.username, file.lines.first().account) == ("bank.csv", "karl", "DE1")


@pytest.mark.parametrize(
    ("content", "says"), [(b"a;b\n", "no column for booked_on"), (b"date,amount,currency\n", "Give the account")]
)
def test_bad_file_is_refused_on_the_page(collector: Client, content: bytes, says: str) -> None:
    page = upload(collector, content, **({"account": "DE1"} if "column" in says else {}))
    assert says in page.content.decode()
    assert not BankFile.objects.exists()


def test_page_shows_payer_text_amount_and_up_to_three_suggestions(collector: Client) -> None:
    for place in range(4):
        owes(person("Ada Lindgren", f"C-{place}"), "120.00", number=f"X-{place}")
    page = collector.get(page_of(came(Credit("120.00", "thanks & greetings")))).content.decode()
    for shown in (
        "thanks &amp; greetings",
        "Ada Lindgren",
        "120.00",
        "40 of 100",
        "Exactly what is open of invoice X-0",
    ):
        assert shown in plain(page)
    assert page.count("Post to Ada Lindgren") == 3


def test_suggestion_is_taken_by_one_click_and_the_next_line_comes(collector: Client, debtor: Customer) -> None:
    first = came(Credit("120.00", "thanks", day="2026-03-01"))
    second = came(Credit("5.00", "?"))
    told = {"customer": debtor.pk, "invoices": debtor.invoices.get().pk}
    url = reverse("admin:payments_bankline_accept", args=[first.pk])
    assert collector.post(url, told)["Location"] == page_of(second)
    first.refresh_from_db()
    assert (first.state, first.settled_by.username) == ("posted", "karl")  # type: ignore[union-attr]
    assert first.reason == (
        "suggestion taken (40): exactly what is open of invoice R-2026-0001; the payer has the customer's name"
    )
    assert "By karl" in collector.get(page_of(first)).content.decode().replace(", by", ", By")


def test_second_click_posts_nothing(collector: Client, debtor: Customer) -> None:
    line, invoice = came(Credit("120.00", "thanks")), debtor.invoices.get()
    assert accept(collector, line, debtor, invoice.pk) == ["120.00 EUR posted to Ada Lindgren (C-1)."]
    assert accept(collector, line, debtor, invoice.pk) == ["This had been done already."]
    assert Payment.objects.count() == 1


def test_suggestion_that_the_books_no_longer_make_is_not_taken(collector: Client, debtor: Customer) -> None:
    line = came(Credit("120.00", "thanks"))
    [said] = accept(collector, line, person("Grace Okafor"))
    assert said.startswith("The books have changed")
    assert not Payment.objects.exists()


def test_customer_and_invoices_are_chosen_by_hand_once(collector: Client, debtor: Customer) -> None:
    line = came(Credit("50.00", "?", name="x"))
    form = {**opened(collector, "post", line), "customer": "C-1", "invoices": "R-2026-0001"}
    assert plain(send(collector, "post", line, form)[0]) == "50.00 EUR posted to Ada Lindgren (C-1)."
    assert send(collector, "post", line, form) == ["This had been done already."]
    assert debtor.invoices.get().balance == 70


@pytest.mark.parametrize(
    ("customer", "invoices", "says"),
    [
        ("C-9", "", "No customer has the number C-9"),
        ("C-1", "R-9", "No invoice has the number R-9"),
        ("C-2", "R-2026-0001", "Invoice R-2026-0001 is another customer"),
    ],
)
def test_wrong_choice_is_refused_where_it_can_be_mended(
    collector: Client, debtor: Customer, customer: str, invoices: str, says: str
) -> None:
    person("Grace Okafor", "C-2")
    line = came(Credit("50.00", "?", name="x"))
    [said] = press(collector, "post", line, customer=customer, invoices=invoices)
    assert says in said
    assert not Payment.objects.exists()


def test_line_is_set_aside_with_its_reason(collector: Client, debtor: Customer) -> None:
    line = came(Credit("50.00", "?", name="x"))
    assert press(collector, "set_aside", line, reason="a transfer of ours") == ["Set aside: a transfer of ours"]
    page = collector.get(page_of(line)).content.decode()
    assert "A transfer of ours" in page and "Choose the customer" not in page


def test_auditor_sees_the_suggestions_without_their_buttons(auditor: Client, debtor: Customer) -> None:
    page = auditor.get(page_of(came(Credit("120.00", "thanks")))).content.decode()
    assert "40 of 100" in page and "Post to" not in page


def test_list_filters_and_sums(collector: Client, debtor: Customer) -> None:
    came(Credit("120.00", "R-2026-0001"), Credit("5.00", "?"), Credit("6.00", "?"), Credit("-2.00", "Fee"))
    rows = {
        state: collector.get(LIST, {"state": state, "account": IBAN, "currency": "EUR"}).context["cl"].totals[0]["rows"]
        for state in ("waiting", "posted", "not_for_us")
    }
    assert rows == {"waiting": 2, "posted": 1, "not_for_us": 1}


def test_first_page_counts_the_lines_that_wait(collector: Client, debtor: Customer) -> None:
    day = timezone.localdate() - timezone.timedelta(days=3)
    came(Credit("5.00", "?", day=str(day)), Credit("6.00", "?", day=str(timezone.localdate())))
    needed = collector.get("/desk/").context["waiting"]
    figure = next(figure for figure in needed if figure.words == "bank lines waiting")
    assert (figure.number, figure.note) == ("2", "the oldest is 3 days old")
    assert len(collector.get(figure.url).context["cl"].result_list) == 2


def test_page_takes_as_many_queries_for_three_suggestions_as_for_one(collector: Client, debtor: Customer) -> None:
    line = came(Credit("120.00", "thanks"))
    collector.get(page_of(line))
    counts = []
    for place in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert len(collector.get(page_of(line)).context["suggestions"]) == place + 1
        counts.append(len(queries))
        owes(person("Ada Lindgren", f"X-{place}"), "120.00", number=f"X-{place}")
    assert len(set(counts)) == 1


def test_markup_of_the_bank_shows_as_text(collector: Client, debtor: Customer) -> None:
    bad = "<img src=x onerror=alert(1)>"
    line = came(Credit("120.00", bad, name=bad))
    for url in (page_of(line), LIST):
        assert bad not in collector.get(url).content.decode()
