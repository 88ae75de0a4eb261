"""Letters: fields, refusals, and what the facts become in words."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.letter import (
    FIELDS,
    TextRefusal,
    UnknownField,
    as_text,
    check_text,
    clean,
    compile_text,
    compose,
)
from dunning.rules.words import StepKind
from dunning.texts import shipped_texts
from tests.rules.letters import URL, facts, line


def test_an_unknown_field_is_refused_with_its_line_and_the_likely_name() -> None:
    with pytest.raises(UnknownField, match=r"Line 3: there is no field {invoce_list}. Did you mean {invoice_list}\?"):
        compile_text("Hello", "Hello,\n\n{invoce_list}")


@pytest.mark.parametrize(
    "probe",
    [
        "{customer_name.__class__}",
        "{customer_name!r}",
        "{total_open:>999999999}",
        "{0}",
        "{}",
        "{self}",
        "{customer_name[0]}",
        "{ customer_name }",
    ],
)
def test_a_field_is_a_name_and_nothing_else(probe: str) -> None:
    with pytest.raises(UnknownField):
        compile_text("Hello", f"Hello {probe}")


@pytest.mark.parametrize(
    ("subject", "body", "complaint"),
    [
        ("", "Hello", "subject is empty"),
        ("Hello", " \n ", "body is empty"),
        ("Hello\nBcc: x@example.com", "Hello", "several lines"),
        ("Hello {invoice_list}", "Hello", "The subject: put {invoice_list} on a line of its own in the body"),
        ("Hello", "Look: {invoice_list}", "Line 1: put {invoice_list} on a line of its own"),
        ("Hello", "Hello {customer_name", "Line 1: a lone brace"),
        ("Hello", "Hello {{customer_name}}", "Line 1: a lone brace"),
        ("H" * 201, "Hello", "longer than 200"),
        ("Hello", "H" * 20_001, "longer than 20000"),
    ],
)
def test_a_text_is_refused_with_place_and_remedy(subject: str, body: str, complaint: str) -> None:
    with pytest.raises(TextRefusal, match=re.escape(complaint)):
        compile_text(subject, body)


def test_the_check_lists_what_a_reminder_lacks() -> None:
    assert check_text("Hello", "{pay_button}", kind=StepKind.REMINDER, has_next_step=True) == [
        "Add {invoice_list}: every reminder shows it.",
        "Add {total_open}: every reminder shows it.",
    ]
    assert check_text("Hello", "Thank you.", kind=StepKind.THANKS, has_next_step=False) == []
    assert check_text("Hello", "{oops}", kind=StepKind.THANKS, has_next_step=False)[0].startswith("Line 1: there is no")


def test_the_last_reminder_cannot_name_a_day_for_the_next() -> None:
    body = "{total_open}\n{invoice_list}\n{pay_button}\nWe write again on {next_contact_on}."
    problems = check_text("Hello", body, kind=StepKind.REMINDER, has_next_step=False)
    assert problems == ["Take out {next_contact_on}: no reminder follows this one, so there is no such date."]


def test_a_letter_without_value_for_a_field_is_refused() -> None:
    for body, without in [
        ("{next_contact_on}", facts(next_contact_on=None)),
        ("Hello {customer_name}", facts(customer_name=" \u200b ")),
        ("{total_open}", replace(facts(), lines=())),
        ("Write to {contact_email}", facts(contact_email="")),
    ]:
        with pytest.raises(TextRefusal, match="has no value for this customer"):
            compose(compile_text("Hello", body), without)


def test_a_thank_you_needs_no_invoice() -> None:
    subject, body = shipped_texts()["thanks"]["en"]
    letter = compose(compile_text(subject, body), replace(facts(), lines=()))
    assert URL not in as_text(letter.body, URL)


@pytest.mark.parametrize(
    ("days", "phrase"), [(-14, "14 days ago"), (-1, "yesterday"), (0, "today"), (1, "tomorrow"), (3, "in 3 days")]
)
def test_the_due_phrase_fits_the_day(days: int, phrase: str) -> None:
    due_on = date.fromordinal(facts().today.toordinal() + days)
    assert compose(compile_text("{due_phrase}", "x"), facts(line("INV-1", "5", due_on=due_on))).subject == phrase


@pytest.mark.parametrize(
    ("language", "one", "three"),
    [
        ("en", "1 invoice", "3 invoices"),
        ("de", "1 Rechnung", "3 Rechnungen"),
        ("fr", "1 facture", "3 factures"),
        ("es", "1 factura", "3 facturas"),
    ],
)
def test_the_number_of_invoices_is_said_right(language: str, one: str, three: str) -> None:
    text = compile_text("{invoices_phrase}", "x")
    assert compose(text, facts(language=language)).subject == one
    assert compose(text, facts(*[line(f"I{n}", "5") for n in range(3)], language=language)).subject == three


def test_currencies_are_never_added_together() -> None:
    mixed = facts(line("A", "90"), line("B", "20.5", "USD"), line("C", "10"), line("D", "500", "JPY"))
    assert compose(compile_text("{total_open}", "x"), mixed).subject == "€100.00, US$20.50 and JP¥500"


@given(st.text())
def test_any_text_is_compiled_or_refused_in_words(text: str) -> None:
    try:
        compiled = compile_text("Hello", text)
    except TextRefusal as refusal:
        assert str(refusal).endswith((".", "?"))
    else:
        assert compiled.fields <= set(FIELDS)


@given(st.text())
def test_a_clean_value_is_one_visible_line(value: str) -> None:
    cleaned = clean(value, 50)
    assert len(cleaned) <= 50
    assert len(cleaned.splitlines()) <= 1
    assert clean(cleaned, 50) == cleaned
    cleaned.encode("utf-8")
