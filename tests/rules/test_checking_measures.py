"""What the checker measures: tone, reading grade, passive sentences, pieces of a text message, contrast."""

from dataclasses import replace

import pytest

from dunning.rules.campaign_steps import Text
from dunning.rules.checking import (
    Neighbour,
    measure,
    read,
    reading_grade,
)
from dunning.rules.checking.parts_alike import contrast
from dunning.rules.segments import segments
from dunning.rules.words import Tone
from dunning.texts import shipped_texts
from tests.rules.broken_texts import CLEAR, FORMAL_WORDS, GOOD, HARD, LANGUAGES, PLEASE, numbers


@pytest.mark.parametrize("language", LANGUAGES)
def test_hard_words_make_a_text_hard(language: str) -> None:
    subject, body = GOOD[language]
    broken = numbers(subject, "\n\n".join([body, *[HARD[language]] * 6]), language)
    assert {11, 12} <= broken
    assert reading_grade(read(subject, PLEASE[language], language=language)) is None, "too short to judge"


@pytest.mark.parametrize("language", LANGUAGES)
def test_tone_is_measured_against_what_is_declared_and_what_stands_beside_it(language: str) -> None:
    subject, body = GOOD[language]
    formal = f"{body}\n\n{FORMAL_WORDS[language]}"
    friendly = replace(CLEAR, tone=Tone.FRIENDLY)
    assert 18 in numbers(subject, formal, language, friendly)
    assert 18 not in numbers(subject, body, language, friendly), "one level off is no jump"
    beside = Neighbour("friendly reminder (day +1)", Tone.FRIENDLY, Text(subject, body))
    assert 18 in numbers(subject, body, language, replace(CLEAR, before=beside)), "the same text twice"
    jump = Neighbour("formal reminder (day +30)", Tone.FORMAL, Text(subject, formal))
    assert 18 in numbers(subject, body, language, replace(CLEAR, after=jump))
    other = Neighbour("friendly reminder (day +1)", Tone.FRIENDLY, Text(*shipped_texts()["friendly"][language]))
    assert 18 not in numbers(subject, body, language, replace(CLEAR, before=other))


@pytest.mark.parametrize("language", LANGUAGES)
def test_meter_explains_itself_by_words_that_stand_in_the_text(language: str) -> None:
    message = read(*GOOD[language], language=language)
    reading = measure(message)
    assert reading is not None
    told = "\n".join(line.says for line in message.lines).lower()
    assert all(words in told for words, _ in reading.words)
    assert reading.score == 40 + sum(weight for _, weight in reading.words)


@pytest.mark.parametrize(
    ("text", "pieces", "is_gsm"),
    [("a" * 160, 1, True), ("a" * 161, 2, True), ("é" * 160, 1, True), ("€" * 80, 1, True), ("€" * 81, 2, True),
     ("’" + "a" * 69, 1, False), ("’" + "a" * 70, 2, False), ("😀" * 36, 2, False), ("", 1, True)],
)  # fmt: skip
def test_segments_of_a_text_message_are_counted(text: str, pieces: int, is_gsm: bool) -> None:
    assert (segments(text).count, segments(text).is_gsm) == (pieces, is_gsm)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)


PASSIVE = {
    "en": "It was sent. It is kept. It was paid.",
    "de": "Es wird gesendet. Es wurde bezahlt. Sie werden gefragt.",
    "fr": "Elle est payée. Il sera envoyé. Ils sont gardés.",
    "es": "Fue pagado. Será enviado. Son guardados.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_in_which_nobody_does_anything_breaks_rule_12(language: str) -> None:
    subject, body = GOOD[language]
    assert 12 in numbers(subject, f"{body}\n\n{PASSIVE[language]} {PASSIVE[language]}", language)
