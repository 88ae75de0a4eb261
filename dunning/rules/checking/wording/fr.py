"""French."""

from dunning.rules.checking.wording.kinds import Wording
from dunning.rules.words import Consequence

SOMEBODY = "Une personne de notre équipe regardera votre compte."
NO_SUCCESS = "Le paiement n’a pas abouti."

FRENCH = Wording(
    threats={
        r"police|gendarme\w*|prison|arrestation\w*": "",
        r"saisies? (?:sur|de|immobilière)|saisir (?:vos|votre) (?:biens|salaire|compte)": "",
        r"huissiers?|commissaires? de justice": (""),
        r"fichier des incidents|fich(?:é|er|age)\w*|liste noire|cote de crédit": "",
        r"(?:graves|lourdes) conséquences": SOMEBODY,
    },
    law={
        r"tribuna\w+|avocats?|poursuites|vous poursuivre|judiciaire\w*|contentieux|procès|assigner\w*": SOMEBODY,
        r"(?:action )?en justice|voies? légales?|action légale|mesures légales": SOMEBODY,
    },
    consequences={
        Consequence.CHARGE: r"(?:prélèver\w+|débiter\w+)(?: \S+){0,6} (?:carte|compte bancaire)",
        Consequence.RESTRICTION: (
            r"suspend\w*|suspension|nous (?:\w+ ){0,2}résili\w+|(?:sera|est) résili\w+|bloquer\w*|bloquée?s?|"
            r"restreind\w*|couper\w*|"
            r"(?:limiter|fermer)\w* (?:l’accès|votre (?:accès|compte|service|abonnement))"
        ),
        Consequence.AGENCY: r"(?:(?:société|agence|cabinet|service) de )?recouvrement",
    },
    causes={
        r"volée?s?|fraud\w*|suspect\w*": NO_SUCCESS,
        r"carte perdue|perdue ou volée|perte de (?:la|votre) carte": NO_SUCCESS,
        r"(?:score|niveau) de risque|liste de blocage|en opposition": NO_SUCCESS,
    },
    blame={
        r"néglig\w+|omis de": "n’a pas abouti",
        r"refus\w*": "nous n’avons pas pu encaisser le paiement",
        r"ignor(?:é|ez|ant)\w*": "Notre message ne vous est peut-être pas parvenu",
        r"débit(?:eur|rice)s?|mauvais payeurs?": "vous",
        r"dettes?|impayée?s?": "le montant à payer",
        r"vous n’avez (?:toujours |encore )?(?:pas|jamais) (?:encore |toujours )?(?:payé|réglé|répondu)": (
            "reste à payer"
        ),
        r"malgré (?:\w+ ){0,2}(?:relances?|rappels?)": "",
        r"exige\w*|sommons|sommation": "merci de",
        r"immédiat\w*|sans délai|sur-le-champ|sans attendre": "d’ici le {next_contact_on}",
        r"défaut de paiement|défaillan\w+|retards? de paiement": "reste à payer",
    },
    final_only={
        r"derni(?:er|ère) (?:avertissement|relance|avis)|mise en demeure|ultime\w*": "notre dernier message à ce sujet",
    },
    jargon={
        r"susmentionnée?s?|susvisée?s?|ledit|ladite|ci-dessus mentionn\w+": "ce",
        r"nonobstant|conformément à": "",
        r"arriérés?|créances?|encours": "le montant à payer",
        r"relances?": "rappel",
        r"par la présente|par les présentes": "",
        r"(?:s’)?acquitter|solder|régulariser": "payer",
        r"dans les meilleurs délais|dans les plus brefs délais|à votre convenance": "d’ici le {next_contact_on}",
        r"échue?s?|exigibles?": "à payer depuis le {oldest_due_on}",
        r"net \d+|à \d+ jours net": "sous 30 jours",
    },
    fees=r"frais|pénalités?|(?<!votre )intérêts?(?: de retard)?|majorations?|indemnités?",
    offers=(
        r"une remise|remises? de|réductions?|promo\w*|offres? spéciales?|bons? d’achat|\d+ ?% de moins|"
        r"mois offerts?|cadeaux?"
    ),
    norms=(
        r"(?:la plupart|presque tous|la majorité|\d+ ?%|\d+ (?:\w+ )?sur \d+)(?: \w+){0,3} "
        r"(?:clients?|entreprises|personnes|voisins)|l’un des rares|\d+ (?:clients?|personnes) sur \d+"
    ),
    debt=(
        r"impayée?s?|dettes?|retards?|relances?|rappels?|mise en demeure|recouvrement|dues?|dû|échue?s?|"
        r"à payer|à régler"
    ),
    familiar=r"tu|te|toi|ton|ta|tes|t’\w+|salut|coucou|cher ami|chère amie",
    polite=r"merci|s’il vous plaît|veuillez",
    already_paid=r"avez (?:déjà )?(?:payé|réglé)|déjà (?:payé|réglé)|s’est croisé",
    reply=r"répond\w*|appelez|écrivez|dites|téléphone\w*|chat|contactez|parlons",
    cannot_pay=r"autre date|plusieurs fois|échelonn\w+|délai|mensualités|plus de temps",
    next=r"la suite|nous vous (?:écrirons|enverrons|appellerons|contacterons)|prendra contact|nous écrirons|regardera",
    when=(
        r"dans les (?:prochains jours|jours qui viennent|prochaines semaines)|demain|la semaine prochaine|"
        r"(?:sous|dans|d’ici) \w+ (?:jours|semaines)"
    ),
    days_from_now=r"(?:sous|dans|d’ici|après) (\d+) (?:jours|(semaines))",
    not_before=r"(?:pas|aucune?s?|sans|jamais|ni)",
    passive=(
        r"(?:est|sont|était|étaient|sera|seront|été|être) (?:\w+ment |déjà |encore |maintenant )?"
        r"(?:\w+(?:é|ée|és|ées|endu|endue)|reçue?s?|faite?s?|émise?s?)"
    ),
    bent_wrong=(
        r"1 (?:factures|jours|paiements)|1 facture sont|(?:[2-9]|\d\d+) (?:facture|jour|paiement)|"
        r"(?:[2-9]|\d\d+) factures est|\w+\((?:s|es|x)\)"
    ),
    stop=r"stop",
    tone={
        r"simplement|simple rappel": -5,
        r"petit (?:mot|rappel)": -6,
        r"volontiers|avec plaisir": -5,
        r"ensemble": -6,
        r"un moment": -6,
        r"passe vite|beaucoup à faire|arrive à tout le monde": -10,
        r"le temps de vous organiser|une date à noter": -10,
        r"merci de votre confiance": -10,
        r"ne figure pas encore": 2,
        r"la suite": 5,
        r"d’ici le (?:1er|\d+) \w+ \d{4}": 6,
        r"ne (?:nous|vous) est pas encore parvenu|pas encore parvenu": 8,
        r"avant cette date|encore une fois": 6,
        r"régler ce point": 6,
        r"une personne de notre équipe": 6,
        r"dernier message(?: automatique)?": 16,
        r"pas d’autre rappel": 8,
        r"devez|obligatoire|obligée?s?|sommes contraints": 8,
        r"immédiat\w*|sans délai|exigeons|mise en demeure": 12,
        r"tribuna\w+|avocats?|judiciaire\w*|par la présente|conformément": 14,
        r"veuillez agréer|salutations distinguées": 10,
    },
    suggestions={
        "already_paid": "Vous avez déjà payé\u00a0? Merci. Vous n’avez rien à faire.",
        "reply": "Une question, ou une erreur\u00a0? Répondez simplement à ce message.",
        "cannot_pay": (
            "Vous ne pouvez pas tout payer en une fois\u00a0? Répondez à ce message. "
            "Une autre date ou un paiement en plusieurs fois sont possibles."
        ),
        "next": "S’il reste un montant à payer le {next_contact_on}, nous vous écrirons de nouveau.",
        "next_last": (
            "Dans les prochains jours, une personne de notre équipe regardera votre compte et prendra "
            "contact avec vous."
        ),
        "polite": "Merci.",
        "greeting": "Bonjour {customer_name},",
        "subject": "Votre compte chez {company_name}\u00a0: un point à voir",
        "stop": "Répondez STOP pour ne plus recevoir de SMS.",
    },
)
