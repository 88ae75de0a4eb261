"""How hard a text is to read, by the formula made for its language: the higher the easier, but English has grades."""

import re
from collections.abc import Sequence
from functools import lru_cache

LANGUAGES = ("en", "de", "fr", "es")
VOWELS = "aeiouyáéíóúàâäèêëîïôöùûüœæ"
SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
DOT_IN_A_DATE = re.compile(r"(\d)\.(?=\s|\d)")  # "14. März", "14.03.2026"
WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
HARDEST_GRADE = 8.0  # English, Flesch-Kincaid
EASY_ENOUGH = 60.0  # German, French and Spanish


@lru_cache(maxsize=8192)
def sentences_of(paragraph: str) -> tuple[str, ...]:
    """The sentences of one paragraph: what follows a full stop, a question or an exclamation mark."""
    return tuple(s for s in SENTENCE_END.split(DOT_IN_A_DATE.sub(r"\1", paragraph)) if words_of(s))


def words_of(sentence: str) -> list[str]:
    return WORD.findall(sentence)


def syllables(word: str, language: str) -> int:
    """How many syllables a word has, counted by its vowels as this language speaks them; one at least."""
    word = word.lower()
    if not any(letter in VOWELS for letter in word):
        return 1
    return max(1, {"en": _english, "de": _german, "fr": _french, "es": _spanish}[language](word))


def _english(word: str) -> int:
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouyscxz]es$", word) is not None
    return len(re.findall(r"[aeiouy]+", word)) - silent


def _german(word: str) -> int:
    return len(re.findall(r"ei|ai|au|äu|eu|ie|aa|ee|oo|[aeiouyäöü]", word))


def _french(word: str) -> int:
    silent = re.search(r"[^aeiouyéèêàâîôûù]e$|[^aeiouyéèê]es$", word) is not None
    return len(re.findall(rf"é(?=[aoiuâ])|[{VOWELS}]+", word)) - silent


def _spanish(word: str) -> int:
    return len(re.findall(r"[iuü]?[aeoáéíóú][iuyü]?|[iuyü]+", re.sub(r"qu|gu(?=[ei])", "q", word)))


def grade(sentences: Sequence[str], language: str) -> float:
    """English: Flesch-Kincaid grade. German: Amstad. Spanish: Fernández-Huerta. French: Kandel-Moles.

    At least one word is needed.
    """
    words = [word for sentence in sentences for word in words_of(sentence)]
    per_sentence = len(words) / len(sentences)
    per_word = sum(syllables(word, language) for word in words) / len(words)
    match language:
        case "en":
            return 0.39 * per_sentence + 11.8 * per_word - 15.59
        case "de":
            return 180 - per_sentence - 58.5 * per_word
        case "es":
            return 206.84 - 60 * per_word - 1.02 * per_sentence
        case _:
            return 207 - 1.015 * per_sentence - 73.6 * per_word


def is_easy(reading: float, language: str) -> bool:
    """Whether a grade of this language is fit for everybody."""
    return reading <= HARDEST_GRADE if language == "en" else reading >= EASY_ENOUGH
