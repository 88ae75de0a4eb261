"""What a letter offers to tap besides paying: what the policy grants, in the mail's two parts and not on paper."""

from datetime import date
from decimal import Decimal

import pytest

from dunning.rules.help_terms import Standing, Terms
from dunning.rules.letter import Choices, as_html, as_text, compile_text, compose
from dunning.rules.letter.choices import choices_for
from tests.rules.letters import URL, facts, samples

TODAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)
TERMS = Terms(longest_promise_days=14, most_parts=3, smallest_part=Decimal(25), times_a_year=3)
TEXT = compile_text("Your account", "Hello {customer_name},\n\n{invoice_list}\n\n{total_open}\n\n{pay_button}\n\nBye")


@pytest.mark.parametrize(
    ("terms", "standing", "owed", "choices"),
    [
        (TERMS, Standing(), {"EUR": "300"}, Choices(FRIDAY, 3, "EUR")),
        (TERMS, Standing(), {"EUR": "60"}, Choices(FRIDAY, 2, "EUR")),
        (TERMS, Standing(), {"EUR": "40"}, Choices(FRIDAY, 0, "EUR")),
        (TERMS, Standing(), {"EUR": "300", "USD": "300"}, Choices(FRIDAY)),
        (TERMS, Standing(granted=3), {"EUR": "300"}, Choices()),
        (TERMS, Standing(has_broken=True), {"EUR": "300"}, Choices()),
        (
            Terms(times_a_year=3, most_parts=6, longest_promise_days=3),
            Standing(),
            {"EUR": "300"},
            Choices(None, 3, "EUR"),
        ),
    ],
)
def test_only_what_is_granted_at_once_is_offered(
    terms: Terms, standing: Standing, owed: dict[str, str], choices: Choices
) -> None:
    assert choices_for(terms, standing, {c: Decimal(a) for c, a in owed.items()}, TODAY) == choices


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Pay on Friday, 6 March 2026", "Pay in 3 parts", "Something is wrong", "Was this message clear?"]),
        ("de", ["Am Freitag, 6. März 2026 bezahlen", "In 3 Raten bezahlen", "Etwas stimmt nicht", "Ja"]),
        ("fr", ["Payer le vendredi 6 mars 2026", "Payer en 3 fois", "Quelque chose ne va pas", "Oui"]),
        ("es", ["Pagar el viernes, 6 de marzo de 2026", "Pagar en 3 plazos", "Algo no está bien", "Sí"]),
    ],
)
def test_choices_stand_in_both_parts_with_their_addresses(language: str, said: list[str]) -> None:
    letter = compose(TEXT, facts(language=language, choices=Choices(FRIDAY, 3, "EUR"), asks_how=True))
    text, html = as_text(letter.body, URL), as_html(letter.body, URL, language=language)
    for words in said:
        assert words in text
        assert words in html
    for path in ("help/later/?on=2026-03-06", "help/parts/EUR/?parts=3", "help/", "feedback/?clear=no"):
        assert f"{URL}{path}\n" in text
        assert f'href="{URL}{path}"' in html
    assert URL not in letter.body
    assert text.index(said[0]) < text.index("Bye")


def test_letter_without_choices_offers_none() -> None:
    body = compose(TEXT, facts()).body
    assert "•" not in body


@pytest.mark.parametrize("language", ["en", "de"])
def test_mail_stays_far_below_what_programs_cut(language: str) -> None:
    for name, sample in samples(language).items():
        letter = compose(
            TEXT, facts(*sample.lines, language=language, choices=Choices(FRIDAY, 3, "EUR"), asks_how=True)
        )
        html = as_html(letter.body, URL, language=language)
        assert (name, len(html.encode()) < 100_000) == (name, True)
        assert "<img" not in html
