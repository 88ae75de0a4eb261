"""What is claimed for late payment, in a letter's words."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from dunning.rules.letter import as_html, as_text, compile_text, compose
from payments.rules.claims import ClaimKind
from payments.rules.open_claims import OpenClaim, law_named
from tests.rules.letters import URL, facts

LUMP = OpenClaim(1, "R-1", ClaimKind.LUMP_SUM, Decimal(40), "EUR", date(2026, 2, 15), "§ 288 (5) BGB")
RUNNING = OpenClaim(
    1, "R-1", ClaimKind.INTEREST, Decimal("3.21"), "EUR", date(2026, 2, 15), "§ 288 (2) BGB", is_running=True
)
TEXT = compile_text("Invoices", "Hello {customer_name},\n\n{invoice_list}\n\n{pay_button}")


def letter(*claims: OpenClaim, language: str = "en") -> str:
    return as_text(compose(TEXT, facts(language=language, claims=claims)).body, URL)


def test_letter_says_what_is_claimed_beside_the_invoices_and_by_which_law() -> None:
    said = letter(LUMP, RUNNING)
    assert "It is not part of the open amount:" in said
    assert "– €40.00: lump sum for invoice R-1 (§ 288 (5) BGB)" in said
    assert "– €3.21: interest from 15 February 2026 until today on invoice R-1, and on until you pay" in said
    assert said.index("€1,240.50") < said.index("€40.00") < said.index("Please pay the open amount first.")


def test_letter_says_nothing_of_claims_where_there_are_none() -> None:
    assert "the law" not in letter()


def test_claims_of_one_law_are_told_in_one_line_and_currencies_are_not_added() -> None:
    second = replace(LUMP, invoice_id=2, number="R-2")
    pounds = replace(LUMP, invoice_id=3, number="R-3", currency="GBP")
    said = letter(LUMP, second, pounds)
    assert "– €80.00: lump sum for 2 invoices (§ 288 (5) BGB)" in said
    assert "– £40.00: lump sum for invoice R-3" in said


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("de", "– 40,00\xa0€: Pauschale für Rechnung R-1 (§ 288 (5) BGB)"),
        ("fr", "– 40,00\xa0€\xa0: indemnité forfaitaire pour la facture R-1 (§ 288 (5) BGB)"),
        ("es", "– 40,00\xa0€: indemnización fija por la factura R-1 (§ 288 (5) BGB)"),
    ],
)
def test_each_language_has_its_own_words(language: str, says: str) -> None:
    assert says in letter(LUMP, language=language)


def test_law_of_another_desk_adds_no_markup() -> None:
    hostile = replace(LUMP, law="<b>Our law</b>\nBcc: everyone@example.com")
    html = as_html(compose(TEXT, facts(claims=(hostile,))).body, URL, language="en")
    assert "&lt;b&gt;Our law&lt;/b&gt; Bcc:" in html


@pytest.mark.parametrize(
    ("source", "law"),
    [
        ("§ 288 (5) BGB: 40 EUR", "§ 288 (5) BGB"),
        ("Art. 6:96 BW and Besluit: only after the letter", "Art. 6:96 BW and Besluit"),
        ("Late Payment of Commercial Debts (Interest) Act 1998, s. 5A",) * 2,
    ],
)
def test_law_is_named_without_what_it_says(source: str, law: str) -> None:
    assert law_named(source) == law
