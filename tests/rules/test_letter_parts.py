"""The two parts of a letter: both say the same, and no value from outside can add to them."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.money import MINOR_UNITS
from dunning.rules.letter import (
    FIELDS,
    Letter,
    LetterFacts,
    LetterLine,
    as_html,
    as_text,
    clean,
    compile_text,
    compose,
)
from dunning.texts import shipped_texts
from tests.rules.letters import URL, facts, in_part, line

EVERYTHING = "Hello {customer_name},\n" + "\n\n".join(
    f"{{{name}}}" for name in FIELDS if name not in ("page_button", "pay_link")
)
OUR_ELEMENTS = set("html head meta title style body div table tbody tr td th p br span a".split())
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "Ada\r\nBcc: everyone@example.com",
    "{total_open}",
    "{customer_name.__class__}",
    "{{ 7*7 }} {% debug %} ${7*7}",
    "Ada\u202egnp.exe",
    "→\tPay here instead",
    "\tINV-9\tFree\t1\t0",
    "--\t",
    "\n\n--\t\nAnother company",
    "[[letter]] {letter} %s {0}",
    "Ada\x00Keller\x1b[31m",
    "A" * 5000,
    "م" * 40,
]


class Reader(HTMLParser):
    """Reads a mail as a mail program does: elements, links, and the words a person sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""
        self.rows: list[list[str]] = []
        self.unseen = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "background")]
        self.unseen += tag in ("style", "title") or ("class", "about") in attrs
        self.words += "\n" if tag in ("br", "p", "tr", "td", "th") else ""
        if tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in ("style", "title") or (tag == "div" and self.unseen > 0)

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.words += data
            if self.rows:
                self.rows[-1].append(data)


def parts_of(body: str, given_facts: LetterFacts, subject: str = "Your account") -> tuple[Letter, str, Reader]:
    letter = compose(compile_text(subject, body), given_facts)
    text = as_text(letter.body, URL)
    return letter, text, Reader(as_html(letter.body, URL, language=given_facts.language))


def numbers_in(words: str) -> set[str]:
    return set(re.findall(r"\d[\d.,’\u00a0\u202f ]*\d|\d", words))


def test_a_very_long_list_ends_with_the_sum_of_the_rest() -> None:
    _, text, read = parts_of("{invoice_list}", facts(*[line(f"INV-{n:04}", "1.10") for n in range(100)]))
    assert text.count("* Invoice") == 39
    assert "61 more, listed on your page – €67.10" in text
    assert "Total – €110.00" in text
    assert len(read.rows) == 4 + 1 + 39 + 1 + 1  # layout, headings, invoices, the rest, the sum


def test_the_footer_says_who_writes_and_from_where() -> None:
    _, text, read = parts_of("Hello", facts())
    footer = "Example Company\n12 Mill Lane\nBath BA1 2AB\nUnited Kingdom\nbilling@example.com\n"
    assert footer in text.partition("\n-- \n")[2]
    assert footer in read.words


@pytest.mark.parametrize("key", sorted(shipped_texts()))
@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_both_parts_of_a_shipped_letter_say_the_same(key: str, language: str) -> None:
    subject, body = shipped_texts()[key][language]
    mixed = facts(line("INV-1", "90"), line("INV-2", "20.5", "USD"), language=language)
    _, text, read = parts_of(body, mixed, subject)
    seen = " ".join(read.words.split())
    prose = [
        row for row in text.replace("-- \n", "\n").splitlines() if row and not row.startswith(("* ", "  ", "http"))
    ]
    assert [row for row in prose if " ".join(row.split()) not in seen] == []
    assert numbers_in(text.replace(URL, "")) <= numbers_in(read.words)
    assert read.links == ([] if key == "thanks" else [URL])


def test_parts_are_rebuilt_alike_from_what_is_stored() -> None:
    letter, text, _ = parts_of(EVERYTHING, facts())
    assert URL not in letter.body
    stored = Letter(str(letter.subject), str(letter.body))
    assert as_text(stored.body, URL) == text
    assert as_html(stored.body, URL, language="en") == as_html(letter.body, URL, language="en")


def test_the_html_part_names_language_and_direction_and_loads_nothing() -> None:
    letter, _, read = parts_of(EVERYTHING, facts(language="de"))
    html = as_html(letter.body, URL, language="de")
    assert '<html lang="de" dir="ltr">' in html
    assert 'dir="rtl"' in as_html(letter.body, URL, language="ar")
    assert set(read.elements) <= OUR_ELEMENTS
    assert read.attributes.isdisjoint({"src", "background", "onclick", "id"})
    assert "url(" not in html
    assert "@import" not in html


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_value_stays_a_value(hostile: str) -> None:
    plain = parts_of(EVERYTHING, facts())[2]
    bad_line = LetterLine(1, hostile, hostile, date(2026, 2, 14), Decimal("1240.50"), "EUR")
    letter, text, read = parts_of(
        EVERYTHING,
        facts(bad_line, customer_name=hostile, company_name=hostile, contact_email=hostile),
        "Your account, {customer_name}",
    )
    assert len(letter.subject.splitlines()) == 1
    assert read.elements == plain.elements
    assert read.links == [URL]
    assert text.count(URL) == 1
    assert "\u202e" not in text + read.words
    assert not [c for c in text + read.words if unicodedata.category(c) == "Cc" and c != "\n"]
    if "{" in hostile:
        assert clean(hostile) in text


names = st.text(max_size=60).filter(clean)
currencies = st.sampled_from(sorted(MINOR_UNITS))


@st.composite
def letter_lines(draw: st.DrawFn) -> LetterLine:
    currency = draw(currencies)
    units = draw(st.integers(1, 10**15))
    balance = Decimal(units).scaleb(-MINOR_UNITS[currency])
    due_on = draw(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
    return LetterLine(draw(st.integers(1, 10**9)), draw(names), draw(st.text(max_size=60)), due_on, balance, currency)


@given(
    customer_name=names,
    company_name=names,
    company_address=st.text(max_size=80),
    language=st.sampled_from(["en", "de", "fr", "es", "it", "", "xx-YY"]),
    country=st.sampled_from(["", "GB", "US", "DE", "CH", "MX", "JP", "ZZ", "é", "../x"]),
    lines=st.lists(letter_lines(), min_size=1, max_size=6),
)
def test_no_unresolved_field_ever_leaves(lines: list[LetterLine], **given_facts: str) -> None:
    letter, text, read = parts_of(EVERYTHING, facts(*lines, **given_facts), "{company_name}: {total_open}")
    assert letter.body.count("\n--\t\n") == 1
    assert len(letter.subject) <= 150
    assert set(read.elements) <= OUR_ELEMENTS
    assert read.links == [URL]
    said = "".join(given_facts.values()) + "".join(one.number + one.description for one in lines)
    if "{" not in said:
        assert "{" not in text
        assert "{" not in read.words
    seen = "".join(read.words.split())
    amounts = [row.split("\t")[-1] for row in letter.body.splitlines() if row.startswith("\t")]
    assert all("".join(amount.split()) in seen and amount in text for amount in amounts)


INSTALMENTS = {
    "en": ("Instalment 2 of 3, Website care", "As agreed, you pay in instalments:"),
    "de": ("Rate 2 von 3, Website care", "Wie vereinbart zahlen Sie in Raten:"),
    "fr": ("Versement 2 sur 3, Website care", "Comme convenu, vous payez en plusieurs fois"),
    "es": ("Plazo 2 de 3, Website care", "Como hemos acordado, usted paga a plazos:"),
}


@pytest.mark.parametrize("language", INSTALMENTS)
def test_instalment_is_named_and_the_plan_is_told_in_both_parts(language: str) -> None:
    text = compile_text("Account", "Hello\n\n{invoice_list}\n\n{invoices_phrase}: {total_open}\n\n{pay_button}")
    twice = (in_part("INV-1", "10.00", 2), in_part("INV-1", "10.00", 3), line("INV-2", "5.00"))
    body = compose(text, facts(*twice, language=language)).body
    for part in (as_text(body, URL), as_html(body, URL, language=language)):
        for words in INSTALMENTS[language]:
            assert words in part
    assert compose(compile_text("A", "{invoices_phrase}"), facts(*twice, language=language)).body.startswith("2 ")


def test_letter_without_a_plan_says_nothing_of_one() -> None:
    text = compile_text("Account", "{invoice_list}\n\n{pay_button}")
    assert "instalment" not in compose(text, facts()).body.lower()
