"""The mail builder: whatever goes in comes out again, in lines that every mail server takes."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from django.core.mail.message import BadHeaderError
from hypothesis import given
from hypothesis import strategies as st

from dunning.channels.mime import Address, LightMail
from tests.contracts.mail_servers import as_delivered

header_text = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=120)
body_text = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
)


def light_mail(**changes: object) -> LightMail:
    given_facts: dict[str, object] = {
        "sender": Address("billing@example.com", "Billing"),
        "recipient": Address("ada@example.org", "Ada Keller"),
        "reply_to": None,
        "subject": "Your account",
        "text": "Hello",
        "html": "<p>Hello</p>",
        "headers": (("Message-ID", "<notice-1@example.com>"),),
        "language": "en",
    }
    return LightMail(**(given_facts | changes))  # type: ignore[arg-type]


def header_of(raw: bytes, name: str) -> str:
    return str(make_header(decode_header(message_from_bytes(raw)[name].replace("\r\n", ""))))


@given(subject=header_text, name=header_text, text=body_text, html=body_text)
def test_what_goes_in_comes_out_again(subject: str, name: str, text: str, html: str) -> None:
    raw = light_mail(
        subject=subject, recipient=Address("ada@example.org", name), text=text, html=f"<p>{html}</p>"
    ).as_bytes()
    parsed = message_from_bytes(raw)
    assert header_of(raw, "Subject") == subject
    read_name, address = parseaddr(parsed["To"].replace("\r\n", ""))
    assert address == "ada@example.org"
    assert str(make_header(decode_header(read_name))) == name
    plain, rich = (part.get_payload(decode=True).decode() for part in parsed.get_payload())
    assert plain.replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    assert rich.replace("\r\n", "\n").rstrip("\n") == f"<p>{html}</p>"


@given(subject=header_text, name=header_text, text=body_text)
def test_lines_are_short_ascii_and_ended_alike(subject: str, name: str, text: str) -> None:
    raw = light_mail(subject=subject, recipient=Address("ada@example.org", name), text=text).as_bytes()
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(len(one) for one in raw.split(b"\r\n")) <= 78
    assert not message_from_bytes(raw, policy=policy.default).defects


@given(st.text(max_size=60))
def test_the_headers_are_exactly_those_meant(hostile: str) -> None:
    try:
        raw = light_mail(subject=hostile, recipient=Address("ada@example.org", hostile)).as_bytes()
    except BadHeaderError:
        assert any(ord(character) < 32 or ord(character) == 127 for character in hostile)
        return
    assert list(message_from_bytes(raw)) == [
        *["From", "To", "Subject", "Date", "Message-ID", "Content-Language", "MIME-Version", "Content-Type"]
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hello\r\nBcc: everyone@example.com"},
        {"subject": "Hello\nBcc: everyone@example.com"},
        {"recipient": Address("ada@example.org\r\nBcc: everyone@example.com")},
        {"recipient": Address("ada@example.org", "Ada\nBcc: everyone@example.com")},
        {"sender": Address("billing@example.com", "Billing\r\n\r\n<html>")},
        {"reply_to": Address("team@example.com\rBcc: x@example.com")},
        {"headers": (("X-Note", "a\nb"),)},
        {"headers": (("X-Note\nBcc", "a"),)},
        {"language": "en\r\nBcc: everyone@example.com"},
    ],
)
def test_a_line_break_in_a_header_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadHeaderError):
        light_mail(**changes)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ada Keller", "Ada Keller <ada@example.org>"),
        ("Keller, Ada", '"Keller, Ada" <ada@example.org>'),
        ('Ada "the Boss" \\o/', '"Ada \\"the Boss\\" \\\\o/" <ada@example.org>'),
        ("Müller", "=?utf-8?b?TcO8bGxlcg==?=\r\n <ada@example.org>"),
        ("=?utf-8?b?fake?=", "=?utf-8?b?PT91dGYtOD9iP2Zha2U/PQ==?=\r\n <ada@example.org>"),
        ("", "ada@example.org"),
    ],
)
def test_a_name_is_written_as_the_standard_wants(name: str, written: str) -> None:
    assert str(Address("ada@example.org", name)) == written


def test_dots_dashes_and_boundaries_in_a_body_stay_where_they_are() -> None:
    text = ".\n..\n--=_part_of_a_letter--\nFrom here on\ntrailing space \n"
    arrived = as_delivered(light_mail(text=text).as_bytes())
    assert arrived.text == text


def test_line_ends_can_be_chosen() -> None:
    assert b"\r" not in light_mail().as_bytes(linesep="\n")
