"""The words in which a code for the customer's page is sent, by mail and as a text message."""

from dunning.rules.letter import footer
from dunning.rules.letter.facts import LetterFacts, clean
from dunning.rules.letter.parts import FOOTER_MARK
from dunning.rules.letter.sms import PLAIN
from dunning.rules.letter.words import DEFAULT_LANGUAGE, language_of

SUBJECTS = {
    "en": "{code} is your code for {company}",
    "de": "{code} ist Ihr Code für {company}",
    "fr": "{code} est votre code pour {company}",
    "es": "{code} es su código para {company}",
}
BODIES = {
    "en": "Hello {name},\n\nyour code is {code}. It holds for {minutes} minutes and opens the details on your page.\n\n"
    "You did not ask for it? Then somebody else has your link: they see nothing more without this code. Please tell "
    "nobody, and reply to this message: a person reads it.",
    "de": "Guten Tag {name},\n\nIhr Code ist {code}. Er gilt {minutes} Minuten und öffnet die Einzelheiten auf Ihrer "
    "Seite.\n\nSie haben ihn nicht angefordert? Dann hat jemand anderes Ihren Link: Ohne diesen Code sieht er nicht "
    "mehr. Bitte geben Sie ihn nicht weiter, und antworten Sie auf diese Nachricht: Ein Mensch liest sie.",
    "fr": "Bonjour {name},\n\nvotre code est {code}. Il est valable {minutes} minutes et ouvre les détails de votre "
    "page.\n\nVous ne l’avez pas demandé ? Quelqu’un d’autre a alors votre lien : sans ce code, il n’en voit pas plus. "
    "Ne le communiquez à personne et répondez à ce message : une personne le lit.",
    "es": "Hola, {name}:\n\nsu código es {code}. Vale {minutes} minutos y abre los detalles de su página.\n\n"
    "¿No lo ha pedido? Entonces otra persona tiene su enlace: sin este código no ve nada más. No se lo diga a nadie y "
    "responda a este mensaje: lo lee una persona.",
}
TEXTS = {
    "en": "{company}: your code is {code}. It holds for {minutes} minutes. Please tell nobody.",
    "de": "{company}: Ihr Code ist {code}. Er gilt {minutes} Minuten. Bitte geben Sie ihn nicht weiter.",
    "fr": "{company} : votre code est {code}. Il est valable {minutes} minutes. Ne le communiquez à personne.",
    "es": "{company}: su código es {code}. Vale {minutes} minutos. No se lo diga a nadie.",
}


def code_mail(code: str, minutes: int, facts: LetterFacts) -> tuple[str, str]:
    """Subject and body of the mail. The code stands first, where a locked phone shows it."""
    language = _written(facts)
    subject = SUBJECTS[language].format(code=code, company=facts.company_name)
    words = BODIES[language].format(name=clean(facts.customer_name), code=code, minutes=minutes)
    return clean(subject, 150), f"{words}{FOOTER_MARK}{footer(facts)}"


def code_sms(code: str, minutes: int, facts: LetterFacts) -> str:
    """The text message."""
    words = TEXTS[_written(facts)].format(code=code, company=clean(facts.company_name), minutes=minutes)
    return words.translate(PLAIN)


def _written(facts: LetterFacts) -> str:
    language = language_of(facts.language)
    return language if language in TEXTS else DEFAULT_LANGUAGE
