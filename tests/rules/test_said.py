"""Replies in four languages: who wrote them, and what they seem to ask for."""

import pytest

from dunning.rules.auto_reply import is_automatic
from dunning.rules.said import Suggestion, Wish, own_words, suggestions


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("Hello, I paid this last week.", ["paid"]),
        ("We have already transferred the money on Monday.", ["paid"]),
        ("Das habe ich gestern überwiesen.", ["paid"]),
        ("Die Rechnung ist bereits bezahlt!", ["paid"]),
        ("Bonjour, j'ai payé hier.", ["paid"]),
        ("La facture a été réglée.", ["paid"]),
        ("Ya pagué la factura.", ["paid"]),
        ("La factura está pagada.", ["paid"]),
        ("Please stop writing to me.", ["stop"]),
        ("STOP", ["stop"]),
        ("Don’t contact me again", ["stop"]),
        ("Bitte schreiben Sie mir nicht mehr.", ["stop"]),
        ("Arrêtez de m'écrire.", ["stop"]),
        ("Por favor, dejen de escribirme.", ["stop"]),
        ("Who are you?", ["who"]),
        ("Wer sind Sie eigentlich?", ["who"]),
        ("Qui êtes-vous ?", ["who"]),
        ("¿Quién es usted?", ["who"]),
        ("I have paid. Stop sending these!", ["paid", "stop"]),
        ("I have not paid yet, sorry.", []),
        ("Ich habe noch nicht bezahlt.", []),
        ("Je n'ai pas payé.", []),
        ("Todavía no he pagado.", []),
        ("Was this paid?", []),
        ("Thank you, I will pay on Friday.", []),
        ("", []),
    ],
)
def test_a_reply_suggests_what_it_says_in_four_languages(text: str, wishes: list[str]) -> None:
    assert [suggestion.wish for suggestion in suggestions(text)] == wishes


def test_a_suggestion_quotes_the_sentence_that_says_so() -> None:
    assert suggestions("Good morning. Yes,\nwe have paid it on 2 March. Bye") == [
        Suggestion(Wish.PAID, "we have paid it on 2 March.")
    ]


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, 2 Mar 2026 at 10:00, Billing <b@acme.example> wrote:\n> You have not paid. Stop?",
        "Am 02.03.2026 um 10:00 schrieb Billing:\n> bereits bezahlt",
        "Le lun. 2 mars 2026 à 10:00, Billing a écrit :\n> déjà payé",
        "El lun, 2 mar 2026 a las 10:00, Billing escribió:\n> ya pagado",
        "-----Original Message-----\nalready paid",
        "Von: Billing\nbereits bezahlt",
        "> I have paid",
    ],
)
def test_what_is_quoted_is_not_what_they_say(quoted: str) -> None:
    assert own_words(f"Thanks.\n\n{quoted}") == "Thanks."
    assert suggestions(f"Thanks.\n\n{quoted}") == []


def test_long_and_odd_texts_are_read_quickly() -> None:
    assert suggestions("j'ai " * 50_000) == []


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Re: your invoice", {"auto-submitted": "auto-replied"}),
        ("Re: your invoice", {"auto-submitted": "auto-generated (rejected)"}),
        ("Re: your invoice", {"precedence": "Bulk"}),
        ("Re: your invoice", {"x-autoreply": "yes"}),
        ("Re: your invoice", {"return-path": "<>"}),
        ("Re: your invoice", {"content-type": 'multipart/report; report-type="delivery-status"'}),
        ("Automatic reply: your invoice", {}),
        ("Out of Office: Ada", {}),
        ("Automatische Antwort: Rechnung", {}),
        ("Abwesenheitsnotiz", {}),
        ("Réponse automatique : facture", {}),
        ("Absence du bureau", {}),
        ("Respuesta automática: factura", {}),
        ("Fuera de la oficina", {}),
    ],
)
def test_a_machine_is_recognised(subject: str, headers: dict[str, str]) -> None:
    assert is_automatic("ada@example.com", subject, headers)


def test_a_person_is_no_machine() -> None:
    headers = {"auto-submitted": "no", "content-type": "multipart/alternative", "return-path": "<ada@example.com>"}
    assert not is_automatic("ada@example.com", "Re: your automatic payment", headers)
    assert is_automatic("MAILER-DAEMON@example.com", "Re: hello", {})
