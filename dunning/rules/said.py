"""What a reply seems to ask for, in the four languages: a hint for the person who answers, never acted upon.

Only the writer's own words count, not what they quote. A sentence with a "not" before the words suggests nothing.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

LONGEST_QUOTE = 200
LONGEST_TEXT = 20_000  # characters looked at


class Wish(StrEnum):
    """What a person may do about it."""

    PAID = "paid"
    STOP = "stop"
    WHO = "who"


@dataclass(frozen=True, slots=True)
class Suggestion:
    wish: Wish
    words: str  # the sentence that says so


PATTERNS = {
    Wish.PAID: (
        r"\b(i|we)('ve|’ve| have| had)?( already| just)* (paid|transferred|settled)\b",
        r"\b(has|have|was|were|is) (been )?(already )?(paid|transferred|settled)\b",
        r"\balready paid\b|\bpayment (was|has been|is) (made|sent|on its way)\b",
        r"\b(habe|haben|hab|wurde|wurden|ist|sind)\b.{0,60}\b(bezahlt|überwiesen|beglichen|gezahlt)\b",
        r"\b(schon|bereits) (bezahlt|überwiesen|beglichen|gezahlt)\b",
        r"\b(j'ai|j’ai|nous avons|on a|a été|ont été|est)\b.{0,40}\b(payée?s?|réglée?s?|versée?s?|viré)\b",
        r"\bdéjà (payée?s?|réglée?s?)\b|\bvirement (a été )?(fait|effectué|envoyé)\b",
        r"\b(he|hemos|ha sido|han sido|está)\b.{0,40}\b(pagad|transferid|abonad|liquidad)[oa]s?\b",
        r"\bya (está pagad[oa]|pagamos)\b|\b(pagué|transferí)\b",
    ),
    Wish.STOP: (
        r"\bstop (writing|sending|contacting|e-?mailing|texting|messaging|calling|it|this|these)\b|^\W*stop\W*$",
        r"\b(do not|don't|don’t) (contact|write|e-?mail|text|call)\b|\bleave me alone\b",
        r"\bunsubscribe\b|\bopt out\b",
        r"\bhören sie auf\b|\babmelden\b|\babbestellen\b|\blassen sie mich in ruhe\b",
        r"\bkeine (weiteren )?(mails|e-mails|nachrichten|sms)\b",
        r"\b(schreiben|kontaktieren|senden) sie mir (nicht|nichts|keine)\b",
        r"\b(arrêtez|cessez) de\b|\bdésabonner\b|\bdésinscrire\b|\blaissez-moi tranquille\b",
        r"\bne m['’](écrivez|envoyez|appelez) plus\b",
        r"\bdejen? de\b|\bdarme de baja\b|\bdéjen?me en paz\b|^\W*basta\W*$",
        r"\bno me (escriban?|envíen?|llamen?|contacten?)\b",
    ),
    Wish.WHO: (
        r"\bwho (are you|is this)\b|\bnever heard of you\b",
        r"\b(do not|don't|don’t) know (you|this company)\b|\bis this (a )?(scam|fake|phishing)\b",
        r"\bwer (sind sie|bist du|ist (das|dort|da))\b|\bkenne (sie|ihre firma) nicht\b|\bist das (ein )?betrug\b",
        r"\bqui (êtes-vous|est-ce|etes-vous|es-tu)\b|\bje ne vous connais pas\b|\barnaque\b",
        r"\bquién(es)? (es|son|eres)\b|\bno (los|les|lo|le) conozco\b|\bestafa\b",
    ),
}
COMPILED = {wish: [re.compile(one, re.IGNORECASE) for one in patterns] for wish, patterns in PATTERNS.items()}
DENIED = re.compile(
    r"\b(not|never|nicht|nie|kein(e|en)?|pas|jamais|nunca|no (he|hemos|ha|está|pagué|pagamos)|(todavía|aún) no)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
# Where the letter that is answered begins.
QUOTED = re.compile(
    r"^\s*(>|on .{5,200} wrote:|am .{5,200} schrieb|le .{5,200} a écrit|el .{5,200} escribió|_{10,}"
    r"|-{2,} ?(original|ursprüng|message d|mensaje or)|(from|von|de|gesendet|sent|envoyé|enviado): )",
    re.IGNORECASE,
)
SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")


def own_words(text: str) -> str:
    """What the writer added above the letter they answer; all of it when nothing else is left."""
    kept: list[str] = []
    for line in text[:LONGEST_TEXT].splitlines():
        if QUOTED.match(line):
            break
        kept.append(line)
    return "\n".join(kept).strip() or text[:LONGEST_TEXT].strip()


def suggestions(text: str) -> list[Suggestion]:
    """At most one for each wish, each with the sentence that says so."""
    sentences = [" ".join(sentence.split()) for sentence in SENTENCE_ENDS.split(own_words(text))]
    found = {}
    for sentence in filter(None, sentences):
        for wish in Wish:
            if wish not in found and _says(sentence, wish):
                found[wish] = Suggestion(wish, sentence[:LONGEST_QUOTE])
    return [found[wish] for wish in Wish if wish in found]


def _says(sentence: str, wish: Wish) -> bool:
    if wish == Wish.PAID and (DENIED.search(sentence) or sentence.endswith("?")):
        return False
    return any(pattern.search(sentence) for pattern in COMPILED[wish])
