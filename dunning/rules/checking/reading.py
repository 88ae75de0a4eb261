"""Rules 11 and 12: how hard it is to read, and which sentence or word makes it so."""

from collections.abc import Iterator

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import Message
from dunning.rules.checking.readability import (
    EASY_ENOUGH,
    HARDEST_GRADE,
    LANGUAGES,
    grade,
    is_easy,
    sentences_of,
    syllables,
    words_of,
)
from dunning.rules.checking.standing import Standing
from dunning.rules.checking.wording import pattern, wording_of

FEWEST_WORDS = 60  # of a shorter text only sentences and words are judged
LONGEST_MEAN = 20
LONGEST_SENTENCE = 30
MOST_PASSIVE = 0.20
MOST_LONG_WORDS = 0.15
SYLLABLES_OF_A_SHORT_WORD = 3
FEWEST_SENTENCES = 5  # a share of fewer says nothing


def reading_grade(message: Message) -> float | None:
    """The grade of the whole text; None where it is too short or the language has no formula."""
    words = sum(len(words_of(sentence)) for sentence in message.sentences)
    if words < FEWEST_WORDS or _code(message) not in LANGUAGES:
        return None
    return grade(message.sentences, _code(message))


def reads_easily(message: Message, standing: Standing) -> Iterator[Remark]:
    reading = reading_grade(message)
    if reading is None or is_easy(reading, _code(message)):
        return
    if _code(message) == "en":
        reason = f"It reads like school grade {reading:.0f}; everybody understands grade {HARDEST_GRADE:.0f}."
    else:
        reason = f"It reads at {reading:.0f} of 100; everybody understands {EASY_ENOUGH:.0f} and more."
    hardest = max(message.sentences, key=lambda sentence: grade([sentence], _code(message)) * _direction(message))
    yield Remark(reason, "Use shorter sentences and everyday words. Begin with the hardest one.", hardest)


def keeps_sentences_short(message: Message, standing: Standing) -> Iterator[Remark]:
    for line in message.prose:
        for sentence in sentences_of(line.says):
            if len(words_of(sentence)) > LONGEST_SENTENCE:
                reason = f"A sentence of {len(words_of(sentence))} words; {LONGEST_SENTENCE} is the most."
                yield line.remark(reason, "Make two sentences of it.", sentence)
    sentences = message.sentences
    if not sentences:
        return
    words = [word for sentence in sentences for word in words_of(sentence)]
    if len(words) / len(sentences) > LONGEST_MEAN:
        yield Remark(f"Sentences have {len(words) / len(sentences):.0f} words on average.", "Stay below 20.")
    yield from _passive(message)
    yield from _long_words(message, words)


def _passive(message: Message) -> Iterator[Remark]:
    passive = pattern(wording_of(message.language).passive)
    found = [match[0] for sentence in message.sentences if (match := passive.search(sentence))]
    if len(message.sentences) >= FEWEST_SENTENCES and len(found) / len(message.sentences) >= MOST_PASSIVE:
        reason = f"{len(found)} of {len(message.sentences)} sentences do not say who does it."
        yield Remark(reason, "Say who: we, you, your bank.", ", ".join(found[:3]))


def _long_words(message: Message, words: list[str]) -> Iterator[Remark]:
    if _code(message) not in LANGUAGES or len(message.sentences) < FEWEST_SENTENCES:
        return
    long = [word for word in words if syllables(word, _code(message)) > SYLLABLES_OF_A_SHORT_WORD]
    if len(long) / len(words) >= MOST_LONG_WORDS:
        reason = f"{len(long)} of {len(words)} words have more than three syllables."
        yield Remark(reason, "Use shorter words.", ", ".join(list(dict.fromkeys(long))[:5]))


def _code(message: Message) -> str:
    return message.language.partition("-")[0]


def _direction(message: Message) -> int:
    return 1 if _code(message) == "en" else -1
