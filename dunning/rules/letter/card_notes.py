"""The sentences about the stored card, by language and by what the customer is asked for. See docs/texts.md."""

from babel import Locale

from dunning.rules.card_news import Ask, CardNews
from dunning.rules.formats import all_of, day, money
from dunning.rules.letter.facts import clean
from dunning.rules.letter.words import DEFAULT_LANGUAGE, language_of, words_for

NOTES: dict[str, dict[Ask, str]] = {
    "en": {
        Ask.NOTHING_YET: ("On {next_on} we will take {amount} from {card}. For that you do not need to do anything."),
        Ask.NOTHING: (
            "On {refused_on} your bank did not approve the payment with {card}. We will try again on {next_on}, "
            "unless you have paid another way by then."
        ),
        Ask.NOTHING_NO_FUNDS: (
            "On {refused_on} there was not enough money for the payment with {card}. We will try again on "
            "{next_on}, unless you have paid another way by then."
        ),
        Ask.APPROVE: (
            "On {refused_on} your bank asked for your approval of the payment with {card}. Please open your page "
            "and approve it there. It takes a minute."
        ),
        Ask.CALL_BANK: (
            "On {refused_on} your bank did not approve the payment with {card}. Please call your bank, or choose "
            "another way to pay on your page."
        ),
        Ask.NEW_CARD: (
            "On {refused_on} the payment with {card} did not go through. Please choose another card or another "
            "way to pay on your page."
        ),
    },
    "de": {
        Ask.NOTHING_YET: "Am {next_on} buchen wir {amount} von {card} ab. Dafür müssen Sie nichts tun.",
        Ask.NOTHING: (
            "Am {refused_on} hat Ihre Bank die Zahlung mit {card} nicht freigegeben. Wir versuchen es am "
            "{next_on} noch einmal, wenn Sie bis dahin nicht anders bezahlt haben."
        ),
        Ask.NOTHING_NO_FUNDS: (
            "Am {refused_on} war für die Zahlung mit {card} nicht genug Geld da. Wir versuchen es am {next_on} "
            "noch einmal, wenn Sie bis dahin nicht anders bezahlt haben."
        ),
        Ask.APPROVE: (
            "Am {refused_on} hat Ihre Bank um Ihre Freigabe für die Zahlung mit {card} gebeten. Bitte öffnen Sie "
            "Ihre Seite und geben Sie die Zahlung dort frei. Das dauert eine Minute."
        ),
        Ask.CALL_BANK: (
            "Am {refused_on} hat Ihre Bank die Zahlung mit {card} nicht freigegeben. Bitte rufen Sie Ihre Bank "
            "an, oder wählen Sie auf Ihrer Seite einen anderen Weg."
        ),
        Ask.NEW_CARD: (
            "Am {refused_on} kam die Zahlung mit {card} nicht zustande. Bitte wählen Sie auf Ihrer Seite eine "
            "andere Karte oder einen anderen Weg."
        ),
    },
    "fr": {
        Ask.NOTHING_YET: "Le {next_on}, nous prélèverons {amount} sur {card}. Vous n’avez rien à faire pour cela.",
        Ask.NOTHING: (
            "Le {refused_on}, votre banque n’a pas autorisé le paiement avec {card}. Nous essaierons à nouveau le "
            "{next_on}, sauf si vous avez payé autrement d’ici là."
        ),
        Ask.NOTHING_NO_FUNDS: (
            "Le {refused_on}, il n’y avait pas assez d’argent pour le paiement avec {card}. Nous essaierons à "
            "nouveau le {next_on}, sauf si vous avez payé autrement d’ici là."
        ),
        Ask.APPROVE: (
            "Le {refused_on}, votre banque a demandé votre accord pour le paiement avec {card}. Ouvrez votre page "
            "et donnez-le s’il vous plaît. Cela prend une minute."
        ),
        Ask.CALL_BANK: (
            "Le {refused_on}, votre banque n’a pas autorisé le paiement avec {card}. Appelez votre banque s’il "
            "vous plaît, ou choisissez un autre moyen de paiement sur votre page."
        ),
        Ask.NEW_CARD: (
            "Le {refused_on}, le paiement avec {card} n’a pas abouti. Choisissez s’il vous plaît une autre carte "
            "ou un autre moyen de paiement sur votre page."
        ),
    },
    "es": {
        Ask.NOTHING_YET: "El {next_on} cargaremos {amount} en {card}. Para ello no tiene que hacer nada.",
        Ask.NOTHING: (
            "El {refused_on} su banco no autorizó el pago con {card}. Lo intentaremos de nuevo el {next_on}, "
            "salvo que antes haya pagado de otra forma."
        ),
        Ask.NOTHING_NO_FUNDS: (
            "El {refused_on} no había dinero suficiente para el pago con {card}. Lo intentaremos de nuevo el "
            "{next_on}, salvo que antes haya pagado de otra forma."
        ),
        Ask.APPROVE: (
            "El {refused_on} su banco pidió su autorización para el pago con {card}. Por favor, abra su página y "
            "autorícelo allí. Solo lleva un minuto."
        ),
        Ask.CALL_BANK: (
            "El {refused_on} su banco no autorizó el pago con {card}. Por favor, llame a su banco o elija otra "
            "forma de pago en su página."
        ),
        Ask.NEW_CARD: (
            "El {refused_on} el pago con {card} no se completó. Por favor, elija otra tarjeta u otra forma de "
            "pago en su página."
        ),
    },
}


def card_note(news: CardNews, language: str, locale: Locale) -> str:
    """What became of the card and what comes next with it, as letters and the customer's page say it."""
    days = {"refused_on": news.refused_on, "next_on": news.next_on}
    told = {name: day(on, locale) for name, on in days.items() if on}
    told["amount"] = all_of([money(amount, currency, locale) for currency, amount in news.amounts], locale)
    notes = NOTES.get(language_of(language), NOTES[DEFAULT_LANGUAGE])
    return notes[news.ask].format(card=named_card(news.brand, news.last4, language), **told)


def named_card(brand: str, last4: str, language: str) -> str:
    """A stored card or account as its owner knows it."""
    return f"{clean(brand) or words_for(language).bank_account} •••• {clean(last4)}"
