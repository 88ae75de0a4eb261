"""What an answer to a text message wants: the words of four languages, and never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.stop_words import Wish, is_answered_by_provider, wish_in

STOPS = """STOP|stop|Stop!|“Stop.”|STOP ALL|stopall|Unsubscribe|CANCEL|End|quit|opt-out|Opt out|revoke|Stop please|
    please stop|Stopp|stopp bitte|Abmelden|Bitte keine SMS mehr|Ich möchte keine Nachrichten mehr!|
    Lassen Sie mich in Ruhe|Arrêt|ARRET|arrêter svp|désabonner|Plus de SMS|Ne m’envoyez plus de messages|
    Laissez-moi tranquille|baja|Baja por favor|Dar de baja|No me envíen más mensajes|
    No quiero recibir más SMS, gracias|Dejen de escribirme|stop texting me|Stop sending me these messages|
    leave me alone|Don't text me again|no more texts please|I do not want any more messages|ｓｔｏｐ"""
NO_STOPS = """|YES|ok|Can I stop by tomorrow?|I paid, please stop the debit|Should I reply stop?|The end of the month|
    I will not stop paying|stopping|nonstop|End of the week|Wann hören die SMS auf?|Cancel my order 12|
    Je paie à la fin du mois|Arrêté|Pare usted la entrega del pedido|Who are you?|don't stop|
    Do you want me to stop sending money?|12|😀"""


def lines(texts: str) -> list[str]:
    return [text.strip() for text in texts.replace("\n", " ").split("|")]


@pytest.mark.parametrize("text", lines(STOPS))
def test_a_stop_is_heard(text: str) -> None:
    assert wish_in(text) is Wish.STOP


@pytest.mark.parametrize("text", lines(NO_STOPS))
def test_what_only_looks_like_a_stop_is_for_a_person(text: str) -> None:
    assert wish_in(text) is None


@pytest.mark.parametrize(
    ("text", "wish"),
    [("Start", Wish.START), ("unstop", Wish.START), ("HELP", Wish.HELP), ("Hilfe!", Wish.HELP), ("ayuda", Wish.HELP)],
)
def test_start_and_help_are_heard(text: str, wish: Wish) -> None:
    assert wish_in(text) is wish


def test_the_provider_answers_its_own_words_only() -> None:
    assert [is_answered_by_provider(text) for text in (" Stop ", "STOP!", "stopp", "baja", "HELP")] == [
        *(True, False, False, False, True)
    ]


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert wish_in(text) in (None, *Wish)
    assert wish_in(f"{text} see you on Monday?") is None
