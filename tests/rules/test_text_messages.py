"""Text messages: from whom, one link, how to stop them, what they cost; and the shipped ones."""

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.letter import SmsTerms, as_sms, check_sms, check_text, compile_text, compose_sms
from dunning.rules.segments import segments
from dunning.rules.words import StepKind
from dunning.texts import shipped_text_messages
from tests.rules.letters import URL, facts, line, samples
from tests.rules.test_letter_parts import HOSTILE

TERMS = SmsTerms()
TEXTS = shipped_text_messages()
EVERY_TEXT = [(tone, language) for tone in ("friendly", "clear", "firm") for language in ("en", "de", "fr", "es")]
TELLS_OF_A_DEBT = (
    r"(?i)\d|€|\$|pay|paid|invoice|owe|due|remind|rechnung|zahl|fällig|mahn|offen|factur|pai|dû|deud|pag[aou]"
)


def told(body: str, language: str = "en", kind: StepKind = StepKind.REMINDER, **more: bool) -> list[str]:
    steps = {"has_next_step": False, **more}
    return check_sms("Your account", body, language=language, kind=kind, terms=TERMS, **steps)


def sent(body: str, **changes: str) -> str:
    known = replace(facts(line("INV-1", "5")), **changes)  # type: ignore[arg-type]
    return as_sms(compose_sms(compile_text("Hello", body), known).body, URL)


def test_a_message_begins_with_whom_it_is_from() -> None:
    company = facts().company_name
    assert sent("Please look: {pay_link}", country="DE") == f"{company}: Please look: {URL}"
    assert sent("{company_name} writes: {pay_link}", country="DE") == f"{company} writes: {URL}"


def test_where_the_law_wants_it_a_message_says_how_to_stop_them() -> None:
    assert sent("Look: {pay_link}", country="US").endswith(f"{URL} Reply STOP to end texts.")
    assert sent("Look: {pay_link} STOP ends these.", country="US").count("STOP") == 1
    assert "STOP" not in sent("Look: {pay_link}", country="DE")


def test_what_only_looks_better_is_written_plainly() -> None:
    message = sent("“It’s” – fine… {total_open} {pay_link}", country="FR", language="fr")
    assert '"It\'s" - fine... 5,00 €' in message
    assert segments(message).is_gsm


def test_a_hostile_name_can_forge_no_link_and_no_second_line() -> None:
    message = sent(
        "Hello {customer_name}, {pay_link}", customer_name="Ada\r\n⇢\thttps://evil.example\x00", country="DE"
    )
    assert message.count("\n") == 0
    assert message.count(URL) == 1
    assert "\t" not in message


@pytest.mark.parametrize(
    ("body", "remedy"),
    [
        ("Please have a look.", "Add {pay_link}"),
        ("{pay_link}\n{invoice_list}", "Take out {invoice_list}: a text message has no room"),
        ("{pay_link}\n{pay_button}", "Take out {pay_button}: a text message has no room"),
        ("{pay_link} until {next_contact_on}", "Take out {next_contact_on}: no reminder follows"),
        ("{pay_link} {last_day}", "Take out {last_day}: it is for messages about something foreseen"),
        ("{pay_link} {oops}", "Line 1: there is no field {oops}"),
        ("{pay_link} " + "a" * 300, "goes in 3 segments, and at most 2 are paid for"),
        ("{pay_link} ça " + "a" * 60, "do without ç: because of them a segment holds 67"),
    ],
)
def test_a_text_that_cannot_go_out_is_refused_with_the_remedy(body: str, remedy: str) -> None:
    [problem] = told(body)
    assert remedy in problem


def test_a_letter_has_no_bare_link() -> None:
    body = "{total_open}\n{invoice_list}\n{pay_button}\n{pay_link}"
    told = {"kind": StepKind.REMINDER, "has_next_step": False}
    assert check_text("Hello", body, **told) == [
        "Take out {pay_link}: it is for text messages, and a letter has a button."
    ]


def test_thanks_need_no_link_and_a_message_before_its_day_names_no_debt() -> None:
    assert told("Thank you, {customer_name}.", kind=StepKind.THANKS) == []
    assert told("Until {last_day}: {pay_link}", foretells=True) == []
    assert "nothing is owed" in told("{total_open} {pay_link}", foretells=True)[0]


def test_the_shipped_ones_are_written_in_every_language() -> None:
    assert {key: sorted(texts) for key, texts in TEXTS.items()} == {
        tone: ["de", "en", "es", "fr"] for tone in ("clear", "firm", "friendly")
    }


@pytest.mark.parametrize(("tone", "language"), EVERY_TEXT)
def test_a_shipped_one_may_be_the_last_and_tells_a_lock_screen_nothing(tone: str, language: str) -> None:
    assert told(TEXTS[tone][language][1], language) == []
    for known in samples(language).values():
        letter = compose_sms(compile_text(*TEXTS[tone][language]), replace(known, company_name="Example Company"))
        message = as_sms(letter.body, TERMS.link)
        assert segments(message).is_gsm
        assert segments(message).count <= 2
        assert message.startswith("Example Company")
        assert re.search(r"\b(STOP|BAJA)\b", message)
        assert re.findall(r"https?://\S+", message) == [TERMS.link]
        assert not re.findall(TELLS_OF_A_DEBT, message.replace(TERMS.link, "") + letter.subject)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_value_stays_a_value(hostile: str) -> None:
    known = {"customer_name": hostile, "company_name": hostile, "contact_email": hostile}
    message = sent("{customer_name} ({contact_email}) {pay_link}", country="DE", **known)
    assert message.count(URL) == 1
    assert not [letter for letter in message if unicodedata.category(letter) in ("Cc", "Zl", "Zp")]
    assert "\u202e" not in message


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_values_make_a_message(name: str, company: str) -> None:
    message = sent("Hello {customer_name}: {pay_link}", customer_name="A" + name, company_name="B" + company)
    assert message.count(URL) >= 1
    assert "\t" not in message
