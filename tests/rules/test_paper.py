"""A letter on paper: the address in the window, the codes, the enclosure. Measured on the PDF, in millimetres."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from dunning.channels.typesetting import typeset
from dunning.rules.letter import Envelope, LetterFacts, as_paper, compile_text, compose, sheet_for
from dunning.rules.letter.codes import transfer_code
from dunning.texts import shipped_texts
from payments.rules.transfer import Account, Owing, Transfer, transfers
from tests.rules.letters import URL, facts, line, samples

pytestmark = pytest.mark.usefixtures("paper")
OURS = Account("Example Company GmbH", "DE89370400440532013000", bic="COBADEFFXXX")
MM = 25.4 / 72
HOME = ("Keller GmbH", "Ada Keller", "Hauptstr. 5", "Hinterhaus", "10115 Berlin", "GERMANY")
US_HOME = ("Acme Incorporated", "Ada Keller", "1 Main Street", "Suite 400", "San Francisco CA 94105")
# left, top, right, bottom from the sheet's corner: what shows wherever the sheet lies in its envelope.
DIN_ZONE = (25, 62.7, 105, 90)
US_SAFE = (22.2, 58, 111.1, 80.5)


def page_of(given: LetterFacts, lines: tuple[str, ...] = HOME, country: str = "DE", text: str = "friendly") -> str:
    owing = [Owing(invoice.number, invoice.currency, invoice.balance) for invoice in given.lines]
    given = replace(given, transfers=transfers("A-1042", owing, {"EUR": [OURS]}))
    letter = compose(compile_text(*shipped_texts()[text][given.language]), given)
    return as_paper(letter.subject, letter.body, given, URL, Envelope(lines, "A-1042", "17"), sheet_for(country))


def pages_of(page: str) -> list[PageObject]:
    return list(PdfReader(BytesIO(typeset(page).pdf)).pages)


def places_on(page: PageObject) -> list[tuple[str, float, float]]:
    """Each piece of text with the millimetres from the left edge and from the top to its baseline."""
    height, found = float(page.mediabox.height), []

    def take(text: str, cm: list[float], tm: list[float], *_: Any) -> None:
        if text.strip():
            x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            found.append((text.strip(), x * MM, (height - y) * MM))

    visit: Callable[..., None] = take
    page.extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize(
    ("country", "lines", "zone"),
    [
        ("DE", HOME, DIN_ZONE),
        ("US", US_HOME, US_SAFE),
        ("DE", ("Gesellschaft für Garten- und Landschaftsbau " * 4, *HOME[1:]), DIN_ZONE),
        ("US", ("The Very Long Named Incorporated Company of Minneapolis " * 3, *US_HOME[1:]), US_SAFE),
    ],
)
def test_address_stands_in_the_window(country: str, lines: tuple[str, ...], zone: tuple[float, ...]) -> None:
    first, *_ = pages_of(page_of(facts(language="en"), lines, country))
    left, top, right, bottom = zone
    within = [(text, x, y) for text, x, y in places_on(first) if top - 1 < y < bottom + 5 and x < right]
    shown = " ".join(text for text, _, _ in within)
    assert all(part in shown for part in lines[1:])
    assert all(left - 0.1 <= x and top <= y <= bottom for _, x, y in within)


def test_address_that_fits_no_window_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="shorten"):
        page_of(facts(), ("Ada", *[f"a very long line of an address number {n} " * 3 for n in range(5)]))


def test_paper_is_that_of_the_sender() -> None:
    sizes = [
        (round(float(p.mediabox.width) * MM), round(float(p.mediabox.height) * MM))
        for p in (pages_of(page_of(facts(), country="DE"))[0], pages_of(page_of(facts(), country="US"))[0])
    ]
    assert sizes == [(210, 297), (216, 279)]


def test_personal_page_is_a_code_and_an_address_and_nothing_is_clicked() -> None:
    page = page_of(facts())
    assert URL.removeprefix("https://") in page
    assert "<a" not in page
    assert page.count("<svg") == 2  # the page, and the transfer


def test_code_for_banking_apps_says_what_the_letter_says() -> None:
    transfer = Transfer("EUR", facts().lines[0].balance, "RF18 5390 0754 7034", (OURS,))
    assert transfer_code(transfer, OURS).startswith("<svg")
    assert transfer_code(replace(transfer, currency="USD"), OURS) == ""
    assert transfer_code(transfer, replace(OURS, iban="", account_number="12345")) == ""
    assert transfer_code(replace(transfer, reference="A-1042"), OURS) != transfer_code(transfer, OURS)
    dollars = page_of(facts(line("INV-1", "20.00", "USD")))
    assert dollars.count("<svg") == 1


def test_many_invoices_are_enclosed_as_a_list() -> None:
    many = [replace(line(f"INV-{n}", "100.25", due_on=date(2026, 2, n)), invoice_id=n) for n in range(10, 28)]
    letter, *enclosed = [page.extract_text() for page in pages_of(page_of(facts(*many, language="de")))]
    listed = enclosed[-1]
    assert "INV-" not in letter
    assert "Liste mit 18 Rechnungen" in listed
    assert all(f"INV-{n}" in listed for n in range(10, 28))


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_every_shipped_text_is_set_on_two_pages_at_most(language: str) -> None:
    for key in shipped_texts():
        for name, sample in samples(language).items():
            if key != "thanks" and name in ("one invoice", "two currencies"):
                assert len(pages_of(page_of(sample, text=key))) <= 2, (key, name)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_naughty_names_are_words_on_paper(language: str) -> None:
    page = page_of(facts(language=language, customer_name="<script>alert(1)</script>"), ("<b>Bo</b>", *HOME[1:]))
    assert "<script>" not in page
    assert "<b>Bo</b>" not in page
