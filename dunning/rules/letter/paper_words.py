"""The few words that only a letter on paper has, one entry per language; English where nobody has written them yet."""

from dataclasses import dataclass

from dunning.rules.letter.words import DEFAULT_LANGUAGE, language_of


@dataclass(frozen=True, slots=True)
class PaperWords:
    """`enclosure` names the list of invoices at the end of the letter, `see_list` points to it."""

    customer: str
    letter: str
    your_page: str
    scan_to_pay: str
    enclosure: str
    see_list: str


PAPER_WORDS = {
    "en": PaperWords(
        customer="Customer number",
        letter="Letter",
        your_page="Scan this code with your phone, or type the address:",
        scan_to_pay="Scan to pay with your banking app",
        enclosure="Enclosure: list of {n} invoices",
        see_list="You find each invoice in the enclosed list.",
    ),
    "de": PaperWords(
        customer="Kundennummer",
        letter="Brief",
        your_page="Scannen Sie den Code mit Ihrem Telefon, oder geben Sie die Adresse ein:",
        scan_to_pay="Mit Ihrer Banking-App scannen und bezahlen",
        enclosure="Anlage: Liste mit {n} Rechnungen",
        see_list="Jede einzelne Rechnung finden Sie in der beigefügten Liste.",
    ),
    "fr": PaperWords(
        customer="Numéro de client",
        letter="Lettre",
        your_page="Scannez ce code avec votre téléphone, ou saisissez l’adresse\N{NO-BREAK SPACE}:",
        scan_to_pay="À scanner avec l’application de votre banque pour payer",
        enclosure="Pièce jointe\N{NO-BREAK SPACE}: liste de {n} factures",
        see_list="Vous trouverez chaque facture dans la liste jointe.",
    ),
    "es": PaperWords(
        customer="Número de cliente",
        letter="Carta",
        your_page="Escanee este código con su teléfono o escriba la dirección:",
        scan_to_pay="Escanéelo con la aplicación de su banco para pagar",
        enclosure="Anexo: lista de {n} facturas",
        see_list="Encontrará cada factura en la lista adjunta.",
    ),
}


def paper_words(language: str) -> PaperWords:
    """The words of `language` ("de", "de-AT")."""
    return PAPER_WORDS.get(language_of(language)) or PAPER_WORDS[DEFAULT_LANGUAGE]
