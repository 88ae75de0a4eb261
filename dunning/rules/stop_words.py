"""What somebody wants who answers a text message: no more of them, them again, or help. Never guessed.

The single words are those of carriers and of the law (47 CFR 64.1200(a)(10): stop, quit, end, revoke, opt out, cancel,
unsubscribe), and their fellows in German, French and Spanish; free text counts too, where it is clear. "Yes" and "no"
are none of them: in a talk about an invoice they answer something else.
"""

import re
import unicodedata
from enum import StrEnum


class Wish(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


WORDS = {
    Wish.STOP: """stop, stopall, stop all, unsubscribe, cancel, end, quit, remove, revoke, optout, opt out, opt-out,
        stopp, abmelden, abbestellen, arret, arreter, arretez, desabonner, desinscription, desinscrire, baja,
        dar de baja, parar, pare""",
    Wish.START: "start, unstop",
    Wish.HELP: "help, info, hilfe, aide, ayuda",
}
WISH_OF = {" ".join(word.split()): wish for wish, words in WORDS.items() for word in words.split(",")}
# What the provider answers, and blocks or lets through, by itself: these very words and nothing else.
ANSWERED_BY_PROVIDER = frozenset(
    "stop stopall unsubscribe cancel end quit revoke optout start unstop yes help info".split()
)
COURTESIES = re.compile(
    r"\b(please|thanks|thank you|bitte|danke|svp|s'il vous plait|s'il te plait|merci|por favor|gracias)\b"
)
MESSAGES = r"(?:(?:text )?messages?|texts?|sms|mensajes?|nachrichten|textos?)"
CLEAR = re.compile(
    "|".join(
        [
            r"\bstop (?:texting|messaging|contacting|writing(?: to)?) (?:me|us)\b",
            rf"\bstop (?:sending (?:me |us )?)?(?:these |those |the |any |your )?(?:more )?{MESSAGES}\b",
            rf"\b(?:i|we) (?:do not|don't|dont) want (?:any )?(?:more )?(?:of )?(?:these |your )?{MESSAGES}\b",
            r"\b(?:do not|don't|dont) (?:text|message|contact) (?:me|us) (?:again|any ?more)\b",
            rf"\bno more {MESSAGES}\b",
            r"\bleave me alone\b",
            r"\b(?:take|remove) me (?:off|from) (?:your|this|the) list\b",
            r"\bunsubscribe me\b",
            rf"\bkeine {MESSAGES} mehr\b",
            rf"\bkeine weiteren {MESSAGES}\b",
            r"\blassen sie mich in ruhe\b",
            r"\blass mich in ruhe\b",
            rf"\bhoren sie auf,? mir (?:{MESSAGES} )?zu (?:schreiben|schicken|senden)\b",
            r"\bschreiben sie mir (?:bitte )?nicht mehr\b",
            rf"\bplus (?:de|aucun) {MESSAGES}\b",
            r"\b(?:ne )?m'(?:envoyez|ecrivez|envoie|ecris) plus\b",
            r"\barretez de m'(?:envoyer|ecrire)\b",
            r"\blaissez[ -]moi tranquille\b",
            r"\bdesabonnez[ -]moi\b",
            r"\bno me (?:envien?|escriban?|manden?|envies|escribas|mandes) mas\b",
            rf"\bno (?:quiero|queremos) (?:recibir )?mas {MESSAGES}\b",
            r"\bdejen? de (?:escribirme|enviarme|mandarme)\b",
            r"\bdejenme en paz\b",
            r"\b(?:denme|quiero darme|dame) de baja\b",
        ]
    )
)


def wish_in(text: str) -> Wish | None:
    """What the message says as a whole, or the stop in a clear phrase of it; a question is never a wish."""
    said = _plain(text)
    alone = " ".join(re.sub(r"[^\w' -]", " ", COURTESIES.sub(" ", said)).strip(" '-").split())
    if wish := WISH_OF.get(alone):
        return wish
    return Wish.STOP if CLEAR.search(said) and "?" not in said else None


def is_answered_by_provider(text: str) -> bool:
    """True for the words to which the provider itself answers, so that nobody is answered twice."""
    return text.strip().lower() in ANSWERED_BY_PROVIDER


def _plain(text: str) -> str:
    """In small letters, without accents, with straight apostrophes and single blanks."""
    letters = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
