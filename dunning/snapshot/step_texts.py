"""The words of a step as they were published. They are frozen, so that each process reads them once."""

from functools import lru_cache
from typing import NamedTuple

from dunning.models import StepText
from dunning.rules.letter import CompiledText, compile_text

FALLBACK_LANGUAGE = "en"


class Text(NamedTuple):
    language: str
    words: CompiledText


@lru_cache(maxsize=1024)
def text_of(step_id: int, channel: str, language: str) -> Text:
    """The step's words in this language, or in English when it has none."""
    texts = {text.language: text for text in StepText.objects.filter(step_id=step_id, channel=channel)}
    text = texts.get(language) or texts[FALLBACK_LANGUAGE]
    return Text(text.language, compile_text(text.subject, text.body))
