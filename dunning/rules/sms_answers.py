"""What somebody is answered at once who writes stop, start or help, in their language. Nobody is answered twice."""

from email.utils import parseaddr

from dunning.rules.letter.words import DEFAULT_LANGUAGE, language_of
from dunning.rules.stop_words import Wish, is_answered_by_provider, wish_in

# One confirmation, at once and without anything else in it: 47 CFR 64.1200(a)(12).
ANSWERS = {
    "en": {
        Wish.STOP: "{company}: you will get no more text messages from us. Reply START to get them again.",
        Wish.START: "{company}: you will get text messages from us again. Reply STOP to end them.",
        Wish.HELP: "{company}: messages about your account. Write to {email}. Reply STOP to end them. Rates may apply.",
    },
    "de": {
        Wish.STOP: "{company}: Sie bekommen keine SMS mehr von uns. Mit START bekommen Sie wieder welche.",
        Wish.START: "{company}: Sie bekommen wieder SMS von uns. Mit STOP beenden Sie das.",
        Wish.HELP: "{company}: SMS zu Ihrem Kundenkonto. Schreiben Sie an {email}. Mit STOP beenden Sie diese SMS.",
    },
    "fr": {
        Wish.STOP: "{company} : vous ne recevrez plus de SMS de notre part. Répondez START pour en recevoir à nouveau.",
        Wish.START: "{company} : vous recevrez à nouveau nos SMS. Répondez STOP pour ne plus en recevoir.",
        Wish.HELP: "{company} : SMS au sujet de votre compte. Ecrivez à {email}. STOP pour ne plus en recevoir.",
    },
    "es": {
        Wish.STOP: "{company}: no le enviaremos nuevos SMS. Responda START para recibirlos de nuevo.",
        Wish.START: "{company}: le enviaremos SMS de nuevo. Responda BAJA para no recibirlos.",
        Wish.HELP: "{company}: SMS sobre su cuenta. Escriba a {email}. Responda BAJA para no recibir estos SMS.",
    },
}


def answer_to(text: str, language: str, *, company: str, email: str, is_recorded: bool) -> str:
    """The words, "" where nothing is answered: the provider has done it, a person will, or it is not done yet."""
    wish = wish_in(text)
    if wish is None or is_answered_by_provider(text) or not (is_recorded or wish is Wish.HELP):
        return ""
    answers = ANSWERS.get(language_of(language), ANSWERS[DEFAULT_LANGUAGE])
    return answers[wish].format(company=company, email=parseaddr(email)[1])
