"""The few words of a letter that are not in its text: table headings, the button, phrases that bend with a number.

One entry per language; docs/texts.md says how to add one.
"""

from dataclasses import dataclass

from babel import Locale

DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """`invoices` is keyed by CLDR plural form; `about` is what mail programs show in their lists.

    From `customer_number` on only letters on paper have them: `enclosure` names the list of invoices at the end of the
    letter, `see_list` points to it.
    """

    invoice: str
    due: str
    open: str
    total: str
    pay_button: str
    page_button: str
    bank_account: str
    subscription: str
    renewal_price: str
    yesterday: str
    today: str
    tomorrow: str
    invoices: dict[str, str]
    more_invoices: str
    about: str
    why_this_letter: str
    instalment: str
    in_instalments: str
    by_transfer: str
    account_holder: str
    account_number: str
    routing_code: str
    bank: str
    amount: str
    reference: str
    or_choose: str
    pay_on: str
    pay_in_parts: str
    something_wrong: str
    was_it_clear: str
    yes: str
    no: str
    no_more_offers: str
    customer_number: str
    letter: str
    scan_page: str
    scan_to_pay: str
    enclosure: str
    see_list: str
    colon: str = ": "


WORDS = {
    "en": Words(
        invoice="Invoice",
        due="Due",
        open="Open",
        total="Total",
        pay_button="See the details and pay",
        page_button="Open your page",
        bank_account="bank account",
        subscription="your subscription",
        renewal_price="It will cost {amount}.",
        yesterday="yesterday",
        today="today",
        tomorrow="tomorrow",
        invoices={"one": "1 invoice", "other": "{n} invoices"},
        more_invoices="{n} more, listed on your page",
        about="A short message about your account.",
        why_this_letter="You get this message because you have an account with us.",
        instalment="Instalment {n} of {of}",
        in_instalments="As agreed, you pay in instalments: this message asks only for what is listed above.",
        by_transfer="Or pay by bank transfer. With this reference we find your money at once.",
        account_holder="Account holder",
        account_number="Account number",
        routing_code="Sort or routing code",
        bank="Bank",
        amount="Amount",
        reference="Reference",
        or_choose="Not now? Choose what fits:",
        pay_on="Pay on {day}",
        pay_in_parts="Pay in {n} parts",
        something_wrong="Something is wrong",
        was_it_clear="Was this message clear?",
        yes="Yes",
        no="No",
        no_more_offers="Please send me no more offers",
        customer_number="Customer number",
        letter="Letter",
        scan_page="Scan this code with your phone, or type the address:",
        scan_to_pay="Scan to pay with your banking app",
        enclosure="Enclosure: list of {n} invoices",
        see_list="You find each invoice in the enclosed list.",
    ),
    "de": Words(
        invoice="Rechnung",
        due="Fällig am",
        open="Offen",
        total="Summe",
        pay_button="Ansehen und bezahlen",
        page_button="Ihre Seite öffnen",
        bank_account="Bankkonto",
        subscription="Ihr Abonnement",
        renewal_price="Der Preis beträgt dann {amount}.",
        yesterday="gestern",
        today="heute",
        tomorrow="morgen",
        invoices={"one": "1 Rechnung", "other": "{n} Rechnungen"},
        more_invoices="{n} weitere, alle auf Ihrer Seite",
        about="Eine kurze Nachricht zu Ihrem Konto.",
        why_this_letter="Sie erhalten diese Nachricht, weil Sie bei uns ein Kundenkonto haben.",
        instalment="Rate {n} von {of}",
        in_instalments="Wie vereinbart zahlen Sie in Raten: Hier geht es nur um die Beträge, die oben stehen.",
        by_transfer="Oder per Überweisung. Mit diesem Verwendungszweck finden wir Ihr Geld sofort.",
        account_holder="Kontoinhaber",
        account_number="Kontonummer",
        routing_code="Bankleitzahl",
        bank="Bank",
        amount="Betrag",
        reference="Verwendungszweck",
        or_choose="Nicht jetzt? Wählen Sie, was passt:",
        pay_on="Am {day} bezahlen",
        pay_in_parts="In {n} Raten bezahlen",
        something_wrong="Etwas stimmt nicht",
        was_it_clear="War diese Nachricht klar?",
        yes="Ja",
        no="Nein",
        no_more_offers="Bitte schicken Sie mir keine Angebote mehr",
        customer_number="Kundennummer",
        letter="Brief",
        scan_page="Scannen Sie den Code mit Ihrem Telefon, oder geben Sie die Adresse ein:",
        scan_to_pay="Mit Ihrer Banking-App scannen und bezahlen",
        enclosure="Anlage: Liste mit {n} Rechnungen",
        see_list="Jede einzelne Rechnung finden Sie in der beigefügten Liste.",
    ),
    "fr": Words(
        invoice="Facture",
        due="Échéance",
        open="Reste à payer",
        total="Total",
        pay_button="Voir le détail et payer",
        page_button="Ouvrir votre page",
        bank_account="compte bancaire",
        subscription="votre abonnement",
        renewal_price="Le prix sera de {amount}.",
        yesterday="hier",
        today="aujourd’hui",
        tomorrow="demain",
        invoices={"one": "1 facture", "other": "{n} factures"},
        more_invoices="{n} autres, visibles sur votre page",
        about="Un court message au sujet de votre compte.",
        why_this_letter="Vous recevez ce message parce que vous avez un compte chez nous.",
        instalment="Versement {n} sur {of}",
        in_instalments="Comme convenu, vous payez en plusieurs fois : ce message porte seulement sur les montants "
        "ci-dessus.",
        by_transfer="Ou payez par virement. Avec cette référence, nous retrouvons votre argent tout de suite.",
        account_holder="Titulaire du compte",
        account_number="Numéro de compte",
        routing_code="Code de la banque",
        bank="Banque",
        amount="Montant",
        reference="Référence",
        or_choose="Pas maintenant ? Choisissez ce qui vous convient :",
        pay_on="Payer le {day}",
        pay_in_parts="Payer en {n} fois",
        something_wrong="Quelque chose ne va pas",
        was_it_clear="Ce message était-il clair ?",
        yes="Oui",
        no="Non",
        no_more_offers="Merci de ne plus m’envoyer d’offres",
        customer_number="Numéro de client",
        letter="Lettre",
        scan_page="Scannez ce code avec votre téléphone, ou saisissez l’adresse\N{NO-BREAK SPACE}:",
        scan_to_pay="À scanner avec l’application de votre banque pour payer",
        enclosure="Pièce jointe\N{NO-BREAK SPACE}: liste de {n} factures",
        see_list="Vous trouverez chaque facture dans la liste jointe.",
        colon="\N{NO-BREAK SPACE}: ",
    ),
    "es": Words(
        invoice="Factura",
        due="Vencimiento",
        open="Pendiente",
        total="Total",
        pay_button="Ver el detalle y pagar",
        page_button="Abrir su página",
        bank_account="cuenta bancaria",
        subscription="su suscripción",
        renewal_price="El precio será de {amount}.",
        yesterday="ayer",
        today="hoy",
        tomorrow="mañana",
        invoices={"one": "1 factura", "other": "{n} facturas"},
        more_invoices="{n} más, detalladas en su página",
        about="Un breve mensaje sobre su cuenta.",
        why_this_letter="Recibe este mensaje porque tiene una cuenta con nosotros.",
        instalment="Plazo {n} de {of}",
        in_instalments="Como hemos acordado, usted paga a plazos: este mensaje se refiere solo a lo que figura arriba.",
        by_transfer="O pague por transferencia. Con esta referencia encontramos su dinero enseguida.",
        account_holder="Titular de la cuenta",
        account_number="Número de cuenta",
        routing_code="Código del banco",
        bank="Banco",
        amount="Importe",
        reference="Referencia",
        or_choose="¿Ahora no? Elija lo que le convenga:",
        pay_on="Pagar el {day}",
        pay_in_parts="Pagar en {n} plazos",
        something_wrong="Algo no está bien",
        was_it_clear="¿Ha sido claro este mensaje?",
        yes="Sí",
        no="No",
        no_more_offers="Por favor, no me envíen más ofertas",
        customer_number="Número de cliente",
        letter="Carta",
        scan_page="Escanee este código con su teléfono o escriba la dirección:",
        scan_to_pay="Escanéelo con la aplicación de su banco para pagar",
        enclosure="Anexo: lista de {n} facturas",
        see_list="Encontrará cada factura en la lista adjunta.",
    ),
}


def words_for(language: str) -> Words:
    """The words of `language` ("de", "de-AT"), English where nobody has written them yet."""
    return WORDS.get(language_of(language)) or WORDS[DEFAULT_LANGUAGE]


def language_of(code: str) -> str:
    """The language of a code that may name a country too: "de" for "de-AT"."""
    return code.replace("_", "-").partition("-")[0].lower()


def counted_invoices(count: int, words: Words, locale: Locale) -> str:
    """ "1 invoice", "3 invoices"."""
    return words.invoices.get(locale.plural_form(count), words.invoices["other"]).format(n=count)
