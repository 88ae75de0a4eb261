"""The shipped texts keep the rules a kind and clear letter keeps, in every language and with every sort of account."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.letter import as_text, check_text, compile_text, compose
from dunning.rules.words import StepKind
from dunning.texts import shipped_texts
from tests.rules.letters import URL, samples
from tests.rules.readability import grade, plain_sentences, syllables, words_of

TEXTS = shipped_texts()
LANGUAGES = ["en", "de", "fr", "es"]
REMINDERS = ["before_due", "friendly", "clear", "firm", "formal"]
FORETELLING = ["card_expires", "mandate_ends"]
KEYS = [*REMINDERS, "thanks", *FORETELLING]
EVERY_TEXT = [(key, language) for key in KEYS for language in LANGUAGES]
EVERY_REMINDER = [(key, language) for key, language in EVERY_TEXT if key in REMINDERS]
EVERY_LETTER = [(key, language, sample) for key, language in EVERY_TEXT for sample in samples(language)]

THREATS = {
    "en": "court|lawyer|attorney|police|legal|solicitor|collection|bailiff|bureau|suspen|terminat|fees?|interest",
    "de": "Gericht|Anw[aä]lt|Inkasso|Mahn|Schufa|Polizei|Pfänd|sperr|kündig|Gebühr|Zinsen|Verzug",
    "fr": "tribuna|avocat|huissier|police|contentieux|recouvre|justice|poursui|suspen|résili|frais|intérêt",
    "es": "tribunal|abogad|policía|juzgado|embarg|moros|cobro|judicial|suspen|cancel|recargo|interés|demanda",
}
BLAME_AND_JARGON = {
    "en": """fail|neglect|refus|delinquent|deadbeat|debt|overdue|ignored|you have not|demand|immediately|final warning|
        dunning|remit|arrears|pursuant|aforementioned|here(by|with)|henceforth|outstanding|convenience""",
    "de": """versäumt|trotz|ignorier|Schuld|unverzüglich|umgehend|letztmal|säumig|Außenst|fristgerecht|diesbezüg|
        hiermit|nachkommen|begleichen|Aufforderung""",
    "fr": """néglig|ignoré|débit|dette|immédiat|impayé|défaut|retard|susmentionné|nonobstant|arriérés|avertissement|
        mise en demeure|dans les meilleurs délais""",
    "es": "deud|moros|incumpl|ignorad|inmediat|vencid|impag|requerimos|mora|adeuda|último aviso|a la mayor brevedad",
}
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
    assert "4242" in body
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


@pytest.mark.parametrize(("key", "language"), EVERY_TEXT)
def test_a_text_neither_threatens_nor_blames_nor_talks_shop(key: str, language: str) -> None:
    banned = re.sub(r"\s*\n\s*", "", f"{THREATS[language]}|{BLAME_AND_JARGON[language]}")
    assert not re.findall(rf"\b(?:{banned})\w*", "\n".join(letter_of(key, language)), re.IGNORECASE)


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
    sentences = plain_sentences(letter_of(key, language, sample)[1])
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
