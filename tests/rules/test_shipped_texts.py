"""The shipped texts keep the rules a kind and clear letter keeps, in every language and with every sort of account."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.campaign_steps import Text, WrittenStep
from dunning.rules.card_news import Ask
from dunning.rules.checking import Severity, Standing, check_text_of, measure, read, standing_of
from dunning.rules.checking.readability import grade, sentences_of, syllables, words_of
from dunning.rules.letter import as_text, check_text, compile_text, compose
from dunning.rules.letter.card_notes import NOTES
from dunning.rules.words import Consequence, StepKind, Tone
from dunning.texts import shipped_texts
from tests.rules.letters import URL, samples

TEXTS = shipped_texts()
LANGUAGES = ["en", "de", "fr", "es"]
REMINDERS = ["before_due", "friendly", "clear", "firm", "formal"]
FORETELLING = ["card_expires", "mandate_ends", "renewal"]
KEYS = [*REMINDERS, "thanks", *FORETELLING]
EVERY_TEXT = [(key, language) for key in KEYS for language in LANGUAGES]
EVERY_REMINDER = [(key, language) for key, language in EVERY_TEXT if key in REMINDERS]
EVERY_LETTER = [(key, language, sample) for key, language in EVERY_TEXT for sample in samples(language)]

ALREADY_PAID = {"en": "paid", "de": "schon bezahlt", "fr": "avez", "es": "a pagado"}
REPLY = {"en": "reply", "de": "antworten", "fr": "répond", "es": "respond"}
LATER_OR_IN_PARTS = {
    "en": ["later date", "smaller payments"],
    "de": ["spätere", "raten"],
    "fr": ["autre date", "plusieurs fois"],
    "es": ["otra fecha", "en partes"],
}
FAMILIAR = {
    "de": r"\b([dD]u|[dD]ich|[dD]ir|[dD]ein\w*)\b",
    "fr": r"\b(tu|toi|ton|ta|tes)\b",
    "es": r"\b(tú|tu|tus|ti|te)\b",
}


def shipped_steps() -> list[WrittenStep]:
    """The steps of the shipped campaign, with their texts."""
    days = [(-3, Tone.FRIENDLY), (1, Tone.FRIENDLY), (7, Tone.CLEAR), (14, Tone.FIRM), (30, Tone.FORMAL)]
    places = [
        *zip([StepKind.REMINDER] * 5, days, REMINDERS, strict=True),
        (StepKind.THANKS, (0, Tone.FRIENDLY), "thanks"),
    ]
    return [
        WrittenStep(
            place, kind, day, tone, "email", key, texts={code: Text(*text) for code, text in TEXTS[key].items()}
        )
        for place, (kind, (day, tone), key) in enumerate(places)
    ]


def letter_of(key: str, language: str, sample: str = "one invoice") -> tuple[str, str]:
    """Subject, and body as plain text without footer."""
    letter = compose(compile_text(*TEXTS[key][language]), samples(language)[sample])
    return letter.subject, as_text(letter.body, URL).partition("\n-- \n")[0]


def test_every_template_is_written_in_every_language() -> None:
    assert {key: sorted(texts) for key, texts in TEXTS.items()} == {key: sorted(LANGUAGES) for key in KEYS}


@pytest.mark.parametrize(("key", "language"), EVERY_TEXT)
def test_a_text_passes_the_check_that_publishing_makes(key: str, language: str) -> None:
    kind = StepKind.THANKS if key == "thanks" else StepKind.REMINDER
    told = {"has_next_step": key not in ("formal", "thanks"), "foretells": key in FORETELLING}
    assert check_text(*TEXTS[key][language], kind=kind, **told) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", FORETELLING)
def test_a_letter_before_its_day_says_that_nothing_is_open_and_holds_one_link(key: str, language: str) -> None:
    _, body = letter_of(key, language)
    assert ("Website care" if key == "renewal" else "4242") in body
    assert re.findall(r"https?://\S+", body) == [URL]
    nothing = {"en": "Nothing is open", "de": "Es ist nichts offen", "fr": "Il n’y a rien à payer", "es": "No hay nada"}
    assert nothing[language] in body
    assert REPLY[language] in body.lower()


@pytest.mark.parametrize(("key", "language"), EVERY_REMINDER)
def test_a_reminder_names_the_day_of_the_next_one_exactly_if_there_is_one(key: str, language: str) -> None:
    assert ("{next_contact_on}" in TEXTS[key][language][1]) is (key != "formal")


@pytest.mark.parametrize(("key", "language"), EVERY_REMINDER)
def test_a_reminder_holds_one_link_and_offers_help(key: str, language: str) -> None:
    _, body = letter_of(key, language)
    assert re.findall(r"https?://\S+", body) == [URL]
    assert ALREADY_PAID[language] in body
    assert REPLY[language] in body.lower()
    assert all(words in body.lower() for words in LATER_OR_IN_PARTS[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_reminder_says_that_a_person_takes_over(language: str) -> None:
    person = {"en": "a person from our team", "de": "ein Mensch", "fr": "une personne", "es": "una persona"}
    assert person[language] in letter_of("formal", language)[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_breaks_a_rule_where_it_stands(language: str) -> None:
    steps = shipped_steps()
    for step in steps:
        found = check_text_of(step.texts[language], language, standing_of(step, steps, language), Severity.HINT)
        assert [f"{step.template} {finding}" for finding in found] == []
    for key in FORETELLING:
        standing = Standing(tone=Tone.FRIENDLY, foretells=True, is_last=True, next_in_days=None)
        found = check_text_of(Text(*TEXTS[key][language]), language, standing, Severity.HINT)
        assert [f"{key} {finding}" for finding in found] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_meter_rises_with_the_tone_that_is_declared(language: str) -> None:
    readings = [measure(read(*TEXTS[key][language], language=language)) for key in REMINDERS]
    assert [reading and reading.level.name.lower() for reading in readings] == ["friendly", *REMINDERS[1:]]


@pytest.mark.parametrize(("language", "ask"), [(language, ask) for language in LANGUAGES for ask in Ask])
def test_sentences_about_the_card_break_no_rule_either(language: str, ask: Ask) -> None:
    """Their charge is really done: the engine says the day."""
    subject, body = TEXTS["clear"][language]
    told = NOTES[language][ask].format(card="Visa •••• 4242", amount="€10", refused_on="…", next_on="…")
    standing = Standing(tone=Tone.CLEAR, number=3, follows=((Consequence.CHARGE, 2),))
    found = check_text_of(Text(subject, body.replace("{card_note}", told)), language, standing, Severity.HINT)
    assert list(map(str, found)) == []


@pytest.mark.parametrize(("key", "language", "sample"), EVERY_LETTER)
def test_a_text_is_short_and_its_subject_tells_strangers_nothing(key: str, language: str, sample: str) -> None:
    subject, body = letter_of(key, language, sample)
    assert len(subject) <= 60
    assert not re.search(r"\d|[€$¥]|remind|invoice|pay|Rechnung|zahl|facture|pai|rappel|pag|aviso", subject)
    if sample != "very long name":
        prose = [line for line in body.splitlines() if not line.startswith(("*", "  ", "http"))]
        of_the_plan = 20 if sample == "in instalments" else 0  # a sentence on top
        assert len(words_of(" ".join(prose))) <= (200 if key == "formal" else 150) + of_the_plan


@pytest.mark.parametrize(("key", "language", "sample"), [e for e in EVERY_LETTER if e[2] != "very long name"])
def test_a_text_reads_easily(key: str, language: str, sample: str) -> None:
    lines = [
        line for line in letter_of(key, language, sample)[1].splitlines() if not line.startswith(("*", " ", "http"))
    ]
    sentences = [sentence for line in lines for sentence in sentences_of(line)]
    lengths = [len(words_of(sentence)) for sentence in sentences]
    assert max(lengths) <= 30, sentences[lengths.index(max(lengths))]
    assert sum(lengths) / len(lengths) <= 20
    assert grade(sentences, language) <= 6.5 if language == "en" else grade(sentences, language) >= 60


@pytest.mark.parametrize(("key", "language"), EVERY_TEXT)
def test_a_text_does_not_shout_and_stays_polite(key: str, language: str) -> None:
    subject, body = TEXTS[key][language]
    assert (subject + body).count("!") <= 1
    assert not re.findall(r"\b[A-ZÄÖÜÉ]{2,}\b", subject + body)
    assert not re.search(FAMILIAR.get(language, r"(?!)"), body)
    assert re.search(r"\b(please|thank|bitte|dank|merci|por favor|gracias)", body.lower())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_texts_of_a_language_are_alike(language: str) -> None:
    texts = [TEXTS[key][language] for key in KEYS]
    assert len({subject for subject, _ in texts}) == len(texts)
    openings = [body.split("\n\n")[1] for _, body in texts]
    assert len(set(openings)) == len(texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_is_typed_as_its_language_is(language: str) -> None:
    for key in TEXTS:
        text = "\n".join(TEXTS[key][language])
        assert "  " not in text
        assert "'" not in text
        if language == "fr":
            assert not re.search(r"[^\u00a0][?!:]", text)
        if language == "es":
            assert text.count("?") == text.count("¿")
            assert text.count("!") == text.count("¡")


SYLLABLES = {
    "en": {"please": 1, "invoice": 2, "account": 2, "reached": 1, "table": 2, "instalment": 3},
    "de": {"Rechnung": 2, "bezahlen": 3, "spätere": 3, "Freundliche": 3, "antworten": 3},
    "fr": {"facture": 2, "répondez": 3, "une": 1, "échéance": 3, "montant": 2},
    "es": {"pago": 2, "cuenta": 2, "responda": 3, "solución": 3, "quiere": 2, "importe": 3},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_syllables_are_counted_right(language: str) -> None:
    assert {word: syllables(word, language) for word in SYLLABLES[language]} == SYLLABLES[language]


@given(st.text(max_size=30), st.sampled_from(LANGUAGES))
def test_every_word_has_a_syllable(word: str, language: str) -> None:
    assert syllables(word, language) >= 1
