"""More than five hundred naughty strings through every field of every message: values stay values, nothing breaks."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from email import message_from_bytes
from email.errors import MessageError
from email.utils import getaddresses
from typing import Any

import pytest
from pytest_django import Settings

from dunning.channels.base import Message, Refused
from dunning.channels.email import EmailChannel
from dunning.rules.letter import (
    Envelope,
    LetterFacts,
    LetterLine,
    TextRefusal,
    as_html,
    as_paper,
    as_sms,
    as_text,
    clean,
    compile_text,
    compose,
    compose_alone,
    compose_sms,
    sheet_for,
)
from dunning.rules.triggers import Foreseen
from tests.naughty import FORGED, MARKUP, NAUGHTY, PEOPLE
from tests.rules.letters import URL, facts
from tests.rules.test_letter_parts import EVERYTHING, OUR_ELEMENTS, Reader

SHORT = compile_text("Your account", "{company_name}: {customer_name}, {total_open}. {pay_link}")
IN_APP = compile_text("Your account", "Hello {customer_name}, {total_open} is open at {company_name}.")
LETTER = compile_text("{company_name}: {customer_name}", EVERYTHING)


def everywhere(naughty: str) -> LetterFacts:
    """The string in every field that comes from outside."""
    bad_line = LetterLine(1, naughty, naughty, date(2026, 2, 14), Decimal("1240.50"), "EUR")
    foreseen = Foreseen(
        "card_expires:1", date(2026, 3, 31), brand=naughty, last4=naughty, what=naughty, amount=Decimal(240),
        currency="EUR",
    )  # fmt: skip
    return facts(
        bad_line,
        customer_name=naughty,
        company_name=naughty,
        company_address=naughty,
        contact_email=naughty,
        country=naughty,
        foreseen=foreseen,
        is_promotional=True,
    )


def test_there_are_more_than_five_hundred() -> None:
    assert len(NAUGHTY) == len(set(NAUGHTY)) > 500


def _seen(words: str) -> Iterator[str]:
    return (c for c in words if unicodedata.category(c) == "Cc" and c != "\n")


def test_letter_holds_our_elements_and_our_links_whatever_its_values_are() -> None:
    plain = Reader(as_html(compose(LETTER, everywhere("Ada")).body, URL, language="en"))
    for naughty in NAUGHTY:
        try:
            letter = compose(LETTER, everywhere(naughty))
        except TextRefusal:
            assert not clean(naughty), naughty  # nothing visible is left: the letter is shown to a person
            continue
        html, text = as_html(letter.body, URL, language="en"), as_text(letter.body, URL)
        read = Reader(html)
        assert set(read.elements) <= OUR_ELEMENTS and read.links == plain.links, repr(naughty)
        assert read.attributes == plain.attributes and len(html) < 100_000, repr(naughty)
        assert len(letter.subject.splitlines()) == 1 and not [*_seen(text + read.words)], repr(naughty)


def test_text_message_has_one_link_and_a_notice_in_an_app_none() -> None:
    for naughty in (n for n in NAUGHTY if clean(n)):
        sms = as_sms(compose_sms(SHORT, everywhere(naughty)).body, URL)
        assert sms.count(URL) == 1 and "\t" not in sms and not [*_seen(sms)], repr(naughty)
        assert "\t" not in compose_alone(IN_APP, everywhere(naughty)).body, repr(naughty)


def test_letter_on_paper_holds_no_markup_of_others() -> None:
    text = compile_text("Your account", "Hello {customer_name},\n\n{total_open}\n\n{invoice_list}\n\n{pay_button}")
    sheet, plain = sheet_for("DE"), None
    for naughty in ("Ada", *MARKUP, *FORGED[::9], *(n for n in PEOPLE if clean(n) and len(n) < 200)):
        known = everywhere(naughty)
        letter = compose(text, known)
        envelope = Envelope((clean(naughty)[:60], "Mill Lane 1", "12345 Berlin"), naughty, naughty)
        page = Reader(as_paper(letter.subject, letter.body, known, URL, envelope, sheet))
        plain = plain or page
        assert set(page.elements) <= set(plain.elements) and page.attributes == plain.attributes, repr(naughty)
        assert [link for link in page.links if "thief" in link] == [], repr(naughty)


@pytest.fixture(params=["dunning.channels.mailbox.MailboxBackend", "django.core.mail.backends.locmem.EmailBackend"])
def channel(request: pytest.FixtureRequest, settings: Settings) -> EmailChannel:
    """Once with our own builder of mails, once with Django's, which Anymail's providers take."""
    settings.EMAIL_BACKEND = request.param
    return EmailChannel()


def head_of(mail: Any) -> list[str]:
    """Names of the headers, as they are sent."""
    raw = mail.message().as_bytes() if hasattr(mail, "alternatives") else mail.as_bytes()
    assert len(getaddresses([str(message_from_bytes(raw)["To"])])) == 1
    lines = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].split(b"\n")
    return [line.partition(b":")[0].decode() for line in lines if line[:1] not in (b" ", b"\t")]


def test_mail_has_exactly_our_headers_and_one_reader(channel: EmailChannel) -> None:
    usual: list[str] = []
    for naughty in ("Ada", *NAUGHTY):
        told = Message(
            key="notice-1", to="ada@example.org", to_name=naughty, subject=naughty, text=naughty or "-",
            html="<p>Hi</p>", language="en",
        )  # fmt: skip
        mail = channel._mail_for(told)
        usual = usual or sorted(head_of(mail))
        assert sorted(head_of(mail)) == usual and mail.recipients()[1:] == [], repr(naughty)


@pytest.mark.parametrize("field", ["to", "copy_to", "language", "unsubscribe_url", "key"])
def test_header_of_the_desks_own_is_refused_or_stays_one_line(channel: EmailChannel, field: str) -> None:
    told = {"key": "notice-1", "to": "ada@example.org", "to_name": "Ada", "subject": "Hello", "text": "-", "html": "-"}
    for naughty in NAUGHTY:
        changed = {**told, "language": "en", field: naughty}
        try:
            names = head_of(channel._mail_for(Message(**changed)))  # type: ignore[arg-type]
        except (ValueError, MessageError, Refused):  # whichever says no first: a bad address, key or header
            continue
        assert not set(names) & {"Bcc", "X-Priority"} and len(names) == len(set(names)), repr(naughty)


def test_text_typed_at_the_desk_is_refused_in_words_or_stays_words() -> None:
    for naughty in NAUGHTY:
        try:
            text = compile_text(f"Hi {naughty}", f"Hello\n{naughty}\nBye")
        except TextRefusal as refusal:
            assert str(refusal), repr(naughty)
            continue
        try:
            letter = compose(text, facts())
        except TextRefusal:
            continue
        read = Reader(as_html(letter.body, URL, language="en"))
        assert set(read.elements) <= OUR_ELEMENTS and set(read.links) <= {URL}, repr(naughty)
