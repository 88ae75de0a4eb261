"""A good text and texts that break the checker's rules, in four languages."""

from collections.abc import Callable

from dunning.rules.campaign_steps import Text
from dunning.rules.checking import Finding, Severity, Standing, check_text_of
from dunning.rules.words import Tone
from dunning.texts import shipped_texts

LANGUAGES = ["en", "de", "fr", "es"]
GOOD = shipped_texts()["clear"]
CLEAR = Standing(tone=Tone.CLEAR, number=3)
PLEASE = {"en": "Please", "de": "Bitte", "fr": "Merci", "es": "Por favor"}


def found(subject: str, body: str, language: str, standing: Standing = CLEAR) -> list[Finding]:
    """Everything the checker has to say about this text."""
    return list(check_text_of(Text(subject, body), language, standing, Severity.HINT))


def numbers(subject: str, body: str, language: str, standing: Standing = CLEAR) -> set[int]:
    """The rules it breaks."""
    return {finding.number for finding in found(subject, body, language, standing)}


def without(*pieces: str) -> Callable[[str], str]:
    """The good text without the paragraphs in which one of these stands."""
    return lambda body: "\n\n".join(p for p in body.split("\n\n") if not any(piece in p for piece in pieces))


# Sentences that break a rule when they stand in a good text: rule → language → sentence.
ADDED = {
    2: dict.fromkeys(LANGUAGES, "https://elsewhere.example.org/pay"),
    3: {
        "en": "We will suspend your account.", "de": "Dann sperren wir Ihren Zugang.",
        "fr": "Votre accès sera bloqué.", "es": "Vamos a suspender su servicio.",
    },
    4: {
        "en": "Otherwise we go to court.", "de": "Sonst geht die Sache an einen Anwalt.",
        "fr": "Sinon, un huissier viendra.", "es": "Si no, iremos al juzgado.",
    },
    5: {
        "en": "Your card was reported stolen.", "de": "Ihre Karte wurde als gestohlen gemeldet.",
        "fr": "Votre carte a été volée.", "es": "Su tarjeta consta como robada.",
    },
    6: {
        "en": "You have {invoices_phrase} are open.", "de": "Es geht um 12,50 € (1 Rechnungen).",
        "fr": "Bonjour [nom du client].", "es": "Pague {importe_total}.",
    },
    7: {
        "en": "We add a late fee of €5.", "de": "Dazu kommen Verzugszinsen.",
        "fr": "Des frais seront ajoutés.", "es": "Habrá un recargo.",
    },
    12: {
        language: " ".join([word] * 31) + "."
        for language, word in {"en": "we", "de": "wir", "fr": "nous", "es": "que"}.items()
    },
    14: {"en": "Pay it NOW!!", "de": "JETZT bezahlen!!", "fr": "Payez VITE !!", "es": "¡PAGUE ya!!"},
    15: {
        "en": "You failed to pay.", "de": "Sie haben noch immer nicht bezahlt.",
        "fr": "Vous n’avez toujours pas payé.", "es": "Usted no ha pagado.",
    },
    16: {
        "en": "Please remit it.", "de": "Wir bitten, die Forderung zu begleichen.",
        "fr": "Merci de vous acquitter de la créance.", "es": "Abone el saldo deudor.",
    },
    17: {"en": "Hey buddy.", "de": "Hallöchen.", "fr": "Salut.", "es": "Oye, amigo."},
    20: {
        "en": "Get a discount today.", "de": "Heute gibt es einen Gutschein.",
        "fr": "Une offre spéciale vous attend.", "es": "Hoy tiene un descuento.",
    },
    22: {
        "en": "Most of our customers pay on time.", "de": "9 von 10 Kunden zahlen pünktlich.",
        "fr": "La plupart de nos clients paient à temps.", "es": "La mayoría de los clientes paga a tiempo.",
    },
}  # fmt: skip

TAKEN = {
    1: {language: without("{invoice_list}") for language in LANGUAGES},
    9: {
        "en": without("paid already"), "de": without("schon bezahlt"),
        "fr": without("déjà payé"), "es": without("Ya ha pagado"),
    },
    10: {
        "en": without("at once?"), "de": without("auf einmal"), "fr": without("en une fois"),
        "es": without("de una vez")
    },
}  # fmt: skip

HARD = {
    "en": "Notwithstanding organisational considerations, administrative communication necessitates documentation.",
    "de": "Verwaltungsorganisatorische Zahlungsabwicklungsverzögerungen verunmöglichen Kontoausgleichsbestätigungen.",
    "fr": "L’organisation administrative internationale nécessite une communication documentaire particulièrement "
    "approfondie.",
    "es": "La organización administrativa internacional necesita comunicaciones documentales particularmente "
    "extraordinarias.",
}
SHOWN_TO_STRANGERS = {
    "en": "Overdue debt", "de": "Mahnung: offene Rechnung", "fr": "Facture impayée", "es": "Deuda pendiente"
}  # fmt: skip
FORMAL_WORDS = {
    "en": "We must insist. Legal. Court. Formal notice. Pursuant.",
    "de": "Letzte Nachricht. Rechtlich. Gerichtlich. Anwalt. Unverzüglich.",
    "fr": "Dernier message. Tribunal. Avocat. Conformément. Mise en demeure.",
    "es": "Último mensaje. Tribunal. Abogado. Por la presente. Requerimiento.",
}
