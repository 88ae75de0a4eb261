"""What customers are told about their requests: every occasion in every language, and nothing of theirs as a field."""

import pytest

from dunning.rules.letter import as_html, as_text
from dunning.rules.letter.confirmation_words import TEXTS, Occasion
from dunning.rules.letter.confirmations import Told, confirmation
from tests.rules import letters

TOLD = Told("6 March 2026", "R-1", "Visa •••• 4242", ("2 March 2026 · €100.00",), "Yes {customer_name}\n\tand <b>\r\n")


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt"])
@pytest.mark.parametrize("occasion", list(Occasion))
def test_every_occasion_has_words_in_every_language(language: str, occasion: Occasion) -> None:
    facts = letters.facts(language=language)
    subject, body = confirmation(occasion, TOLD, facts)
    text, html = as_text(body, "https://x.example/p/t/"), as_html(body, "https://x.example/p/t/", language=language)
    assert facts.company_name in subject
    assert len(subject) <= 90
    assert ("https://x.example/p/t/" in text) == (occasion != Occasion.ERASED), "then there is no page any more"
    assert facts.company_name in text.splitlines()[-4:] or facts.company_name in text
    assert "{" not in body.replace("{customer_name}", "")
    assert "<b>" not in html


def test_languages_have_the_same_occasions() -> None:
    assert {language: set(texts) for language, texts in TEXTS.items()} == dict.fromkeys(TEXTS, set(Occasion))
