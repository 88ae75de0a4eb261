"""Notices in an app: who may ask for them, how loud they are, and the shipped words."""

import pytest

from dunning.rules.campaign_steps import Text, WrittenStep
from dunning.rules.checking import Severity, check_text_of, standing_of
from dunning.rules.in_app import LATER, LOUDNESS, Dismissal, Mode
from dunning.rules.letter import check_in_app, compile_text, compose_alone
from dunning.rules.words import StepKind, Tone
from dunning.texts import shipped_in_app_texts
from tests.rules.letters import samples

TEXTS = shipped_in_app_texts()
TONES = ["friendly", "clear", "firm", "formal"]
LANGUAGES = ["en", "de", "fr", "es"]


def test_the_louder_the_tone_the_less_it_can_be_put_away() -> None:
    told = [(LOUDNESS[tone].mode, LOUDNESS[tone].dismissal) for tone in Tone]
    assert told == [
        (Mode.BANNER, Dismissal.FOR_GOOD),
        (Mode.MODAL, Dismissal.FOR_GOOD),
        (Mode.MODAL, Dismissal.FOR_NOW),
        (Mode.WALL, Dismissal.NEVER),
    ]
    assert sorted(LATER) == sorted(LANGUAGES)


def test_every_tone_is_written_in_every_language() -> None:
    assert {tone: sorted(texts) for tone, texts in TEXTS.items()} == {tone: sorted(LANGUAGES) for tone in TONES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_shipped_notice_breaks_a_rule_where_it_stands(language: str) -> None:
    days = zip((1, 7, 14, 30), Tone, TONES, strict=True)
    steps = [
        WrittenStep(
            place, StepKind.REMINDER, day, tone, "in_app", key, written_for="in_app",
            texts={code: Text(*text) for code, text in TEXTS[key].items()},
        )
        for place, (day, tone, key) in enumerate(days)
    ]  # fmt: skip
    for step in steps:
        text = step.texts[language]
        assert check_in_app(text.subject, text.body, kind=step.kind, has_next_step=step.position < 3) == []
        found = check_text_of(text, language, standing_of(step, steps, language), Severity.HINT)
        assert [f"{step.template} {finding}" for finding in found] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_notice_fills_in_for_everybody(language: str) -> None:
    for tone in TONES:
        for known in samples(language).values():
            shown = compose_alone(compile_text(*TEXTS[tone][language]), known)
            assert "{" not in shown.subject + shown.body and "\t" not in shown.body


@pytest.mark.parametrize("field", ["pay_button", "invoice_list", "pay_link", "page_button"])
def test_what_has_no_place_in_an_app_is_refused_with_the_remedy(field: str) -> None:
    problems = check_in_app("Hello", f"Look\n\n{{{field}}}", kind=StepKind.REMINDER, has_next_step=True)
    assert any(problem.startswith(f"Take out {{{field}}}") for problem in problems)
    [long] = check_in_app("Hello", "word " * 130, kind=StepKind.REMINDER, has_next_step=True)
    assert "room for 600" in long
