"""The paragraph that a law asks for before collection costs may be claimed of a consumer (NL: the 14-day letter).

Each sentence of it counts: what is owed, the days from the day after the letter is received, and the exact costs.
"""

from babel import Locale

from dunning.rules.formats import money
from dunning.rules.letter.words import DEFAULT_LANGUAGE, language_of
from payments.rules.cost_letters import Announced

LAW_SPEAKS = "nl"  # the only law of this kind is Dutch
NOTES = {
    "nl": "U heeft nog de gelegenheid om {owed} zonder extra kosten te betalen, binnen {days} dagen vanaf de dag nadat "
    "u dit bericht heeft ontvangen. Is dan niet alles betaald, dan mogen wij {costs} aan incassokosten rekenen "
    "(artikel 6:96 BW).",
    "en": "You can still pay {owed} without extra costs, within {days} days from the day after you received this "
    "message. If not everything has been paid by then, the law allows us to claim {costs} of collection costs "
    "(article 6:96 of the Dutch Civil Code).",
    "de": "Sie können {owed} noch ohne weitere Kosten bezahlen, und zwar binnen {days} Tagen ab dem Tag, nachdem Sie "
    "diese Nachricht erhalten haben. Ist dann nicht alles bezahlt, dürfen wir {costs} Inkassokosten verlangen "
    "(Artikel 6:96 des niederländischen Zivilgesetzbuchs).",
    "fr": "Vous pouvez encore payer {owed} sans frais, dans les {days} jours à compter du lendemain de la réception de "
    "ce message. Si tout n’est pas payé à cette date, la loi nous permet de demander {costs} de frais de recouvrement "
    "(article 6:96 du Code civil néerlandais).",
    "es": "Todavía puede pagar {owed} sin gastos, dentro de los {days} días desde el día siguiente a la recepción de "
    "este mensaje. Si entonces no está todo pagado, la ley nos permite reclamar {costs} de gastos de cobro "
    "(artículo 6:96 del Código Civil neerlandés).",
}


def cost_note(announced: Announced, language: str, locale: Locale) -> str:
    """In the language of the law, and in the letter's where that is another one."""
    spoken = language_of(language)
    languages = dict.fromkeys([LAW_SPEAKS, spoken if spoken in NOTES else DEFAULT_LANGUAGE])
    told = {
        "owed": money(announced.owed, announced.currency, locale),
        "costs": money(announced.costs, announced.currency, locale),
        "days": announced.days,
    }
    return "\n\n".join(NOTES[language].format(**told) for language in languages)
