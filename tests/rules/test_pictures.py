"""Pictures and videos in letters: declared, with words for those who see none, and never a hole in the mail."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.campaign_steps import Text
from dunning.rules.checking import Severity, Standing, check_text_of
from dunning.rules.checking.parts_alike import Seen
from dunning.rules.checking.samples import sample_facts
from dunning.rules.letter import TextRefusal, as_html, as_text, check_in_app, check_text, compile_text, compose
from dunning.rules.words import StepKind

URL = "https://pay.example.com/p/token/"
PICTURE = "{picture: https://cdn.example.com/team.jpg | Ada and Grace of our billing desk}"
VIDEO = "{video: https://videos.example.com/12?t=3 | https://cdn.example.com/first.jpg | How to pay in one minute}"
BODY = "Hello {customer_name},\n\n%s\n\n{total_open} is open.\n\n{invoice_list}\n\n{pay_button}"


def written(line: str) -> str:
    return compose(compile_text("Your account", BODY % line), sample_facts("en")).body


def test_picture_stands_in_both_parts_with_its_words() -> None:
    html = as_html(written(PICTURE), URL, language="en")
    assert re.search(r'<img [^>]*src="https://cdn.example.com/team.jpg"[^>]* alt="Ada and Grace of our billing', html)
    assert Seen(html).speechless == 0 and len(html) < 20_000
    assert "[Ada and Grace of our billing desk]\n" in as_text(written(PICTURE), URL)


def test_video_is_a_link_with_and_without_its_picture() -> None:
    html, text = as_html(written(VIDEO), URL, language="en"), as_text(written(VIDEO), URL)
    assert html.count('href="https://videos.example.com/12?t=3"') == 2
    assert "▶ How to pay in one minute</a>" in html and "▶ How to pay in one minute: https://videos.e" in text
    assert "<video" not in html and "<iframe" not in html


def test_picture_is_fit_for_dark_rooms() -> None:
    dark = as_html(written(PICTURE), URL, language="en").partition("prefers-color-scheme: dark")[2]
    assert ".picture { color: #e6eaf0 !important; background-color: #2a323d !important; }" in dark


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{picture: http://cdn.example.com/a.jpg | A desk}", "begins with https://"),
        ("{picture: javascript:alert(1) | A desk}", "begins with https://"),
        ("{picture: data:image/png;base64,AAAA | A desk}", "begins with https://"),
        ("{picture: https://ada:secret@cdn.example.com/a.jpg | A desk}", "begins with https://"),
        ("{picture: https://localhost/a.jpg | A desk}", "begins with https://"),
        ("{picture: https://cdn.example.com:8080/a.jpg | A desk}", "begins with https://"),
        ('{picture: https://cdn.example.com/a.jpg"onerror="x | A desk}', "begins with https://"),
        ("{picture: https://cdn.example.com/a.jpg}", "is written as {picture: https"),
        ("{picture: https://cdn.example.com/a.jpg | }", "say in words what the picture shows"),
        ("{picture: https://cdn.example.com/a.jpg | \u200b\u200b\u200b}", "say in words what the picture shows"),
        ("{video: https://videos.example.com/1 | How to pay}", "is written as {video: https"),
        ("See {picture: https://cdn.example.com/a.jpg | A desk}", "on a line of its own"),
        ("\n\n".join([PICTURE] * 4), "at most 3 pictures"),
    ],
)
def test_what_would_be_broken_is_refused_with_the_line_and_the_remedy(line: str, complaint: str) -> None:
    with pytest.raises(TextRefusal, match=re.escape(complaint)):
        compile_text("Your account", BODY % line)
    [problem] = check_text("Your account", BODY % line, kind=StepKind.REMINDER, has_next_step=True)
    assert complaint in problem


@given(st.text(max_size=60), st.text(max_size=60))
def test_anything_in_its_place_is_refused_or_stays_a_value(address: str, alt: str) -> None:
    try:
        body = written(f"{{picture: https://cdn.example.com/{address} | {alt}}}")
    except TextRefusal:
        return
    html = as_html(body, URL, language="en")
    assert html.count("<img ") == 1 and "<script" not in html and html.count("<a ") == 1 + html.count('class="choice"')


def test_checker_reads_the_words_of_a_picture_too() -> None:
    kind = Text("Your account", BODY % PICTURE)
    assert not [f for f in check_text_of(kind, "en", Standing(), Severity.ERROR) if f.number in (2, 6, 21)]
    harsh = Text(
        "Your account", BODY % PICTURE.replace("Ada and Grace of our billing desk", "The police at your door.")
    )
    assert 4 in {finding.number for finding in check_text_of(harsh, "en", Standing(), Severity.ERROR)}


def test_notice_in_an_app_shows_none() -> None:
    told = check_in_app("Your account", f"Please look.\n\n{PICTURE}", kind=StepKind.REMINDER, has_next_step=True)
    assert told == ["Take the pictures out: a notice in an app shows none."]
