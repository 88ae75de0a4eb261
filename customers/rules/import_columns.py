"""The columns an import knows, the other names they go by, and how a file's headers are matched to them."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

COLUMNS = (
    "customer_number customer_name email phone street street_2 postal_code city region language country time_zone "
    "segment buys_as tags refuses since_on renews_on renewal_of renewal_amount renewal_currency "
    "invoice_number issued_on due_on currency amount paid_amount paid_on description pdf_url"
).split()
REQUIRED = ("customer_number", "customer_name", "invoice_number", "due_on", "currency", "amount")
DATES = ("since_on", "renews_on", "issued_on", "due_on", "paid_on")
AMOUNTS = ("renewal_amount", "amount", "paid_amount")
CONSTANTS = tuple("customer_name language country time_zone segment buys_as tags currency description".split())

# Written as people write them; compared without case, accents, spaces and punctuation.
SYNONYMS = {
    "customer_number": "customer no, customer nr, customer id, customer code, client number, client no, client id, "
    "client code, account number, account no, account id, debtor number, debtor no, "
    "Kundennummer, Kundennr, Kunden-ID, Debitorennummer, Debitor, "
    "numéro client, numéro de client, code client, número de cliente, número cliente, código de cliente",
    "customer_name": "customer, name, client, client name, company, company name, account name, debtor name, "
    "Kunde, Kundenname, Firma, nom, nom client, nom du client, société, nombre, nombre del cliente, cliente, empresa",
    "email": "e-mail address, mail, contact email, customer email, billing email, E-Mail-Adresse, courriel, "
    "adresse e-mail, correo, correo electrónico",
    "phone": "phone number, telephone, telephone number, tel, mobile, Telefon, Telefonnummer, téléphone, teléfono",
    "street": "address, street address, address line 1, address 1, postal address, billing address, billing street, "
    "Straße, Strasse, Straße und Hausnummer, Anschrift, Adresse, rue, adresse postale, calle, dirección, domicilio",
    "street_2": "address line 2, address 2, street line 2, Adresszusatz, Adresszeile 2, complément d'adresse, "
    "segunda línea, complemento de dirección",
    "postal_code": "postcode, post code, zip, zip code, postal, Postleitzahl, PLZ, code postal, código postal, CP",
    "city": "town, place, locality, Ort, Stadt, Wohnort, ville, ciudad, población, localidad",
    "region": "state, province, state or province, county, Bundesland, Provinz, région, province ou région, "
    "provincia, estado, región",
    "language": "lang, locale, Sprache, langue, idioma",
    "country": "country code, ISO country, Land, Länderkürzel, pays, code pays, país",
    "time_zone": "timezone, tz, Zeitzone, fuseau horaire, zona horaria",
    "segment": "customer group, customer segment, group, Kundengruppe, groupe, segmento, grupo",
    # Not "customer type": what stands under that is mostly the desk's own grouping.
    "buys_as": "buyer kind, business or consumer, B2B or B2C, kauft als, Unternehmen oder Verbraucher, "
    "achète comme, entreprise ou consommateur, compra como, empresa o consumidor",
    "refuses": "no contact by, opt out, opted out, opt-outs, do not contact, unsubscribed, "
    "kein Kontakt per, Widerspruch, abgemeldet, ne pas contacter, refus, no contactar, baja",
    "tags": "tag, labels, label, keywords, Schlagwörter, Schlagworte, Stichwörter, étiquettes, mots-clés, etiquetas",
    "since_on": "customer since, client since, since, Kunde seit, client depuis, cliente desde",
    "renews_on": "renewal date, next renewal, renewal, next renewal date, Verlängerung, Verlängerungsdatum, "
    "verlängert sich am, renouvellement, date de renouvellement, renovación, fecha de renovación",
    "renewal_of": "subscription, subscription name, what is renewed, Abo, Abonnement, abonnement souscrit, "
    "suscripción, abono",
    "renewal_amount": "renewal price, price at renewal, Verlängerungsbetrag, Preis der Verlängerung, "
    "montant du renouvellement, prix du renouvellement, importe de renovación, precio de renovación",
    "renewal_currency": "currency of the renewal, Währung der Verlängerung, devise du renouvellement, "
    "moneda de la renovación",
    "invoice_number": "invoice no, invoice nr, invoice id, invoice, document number, document no, bill number, "
    "Rechnungsnummer, Rechnungsnr, Rechnung, Belegnummer, numéro de facture, numéro facture, facture, "
    "número de factura, número factura, factura",
    "issued_on": "issue date, issued, invoice date, date of invoice, document date, bill date, "
    "Rechnungsdatum, Belegdatum, date de facture, date facture, date d'émission, fecha de factura, fecha de emisión",
    "due_on": "due date, due, date due, payment due, payment due date, net due date, "
    "Fälligkeit, Fälligkeitsdatum, fällig am, échéance, date d'échéance, vencimiento, fecha de vencimiento",
    "currency": "currency code, ISO currency, Währung, devise, moneda, divisa",
    "amount": "invoice amount, total, total amount, invoice total, gross amount, amount gross, billed amount, "
    "Betrag, Rechnungsbetrag, Bruttobetrag, montant, montant TTC, importe, importe total",
    "paid_amount": "amount paid, paid to date, payments, bezahlter Betrag, gezahlter Betrag, "
    "montant payé, montant réglé, importe pagado",
    "paid_on": "paid date, date paid, payment date, settled date, settled on, settlement date, "
    "bezahlt am, Zahlungsdatum, payé le, date de paiement, pagado el, fecha de pago",
    "description": "text, memo, reference text, subject, line description, "
    "Beschreibung, Buchungstext, libellé, descripción, concepto",
    "pdf_url": "pdf, pdf link, invoice pdf, invoice link, invoice url, link to the invoice, Rechnungs-PDF, "
    "Link zur Rechnung, PDF de la facture, lien vers la facture, PDF de la factura, enlace a la factura",
}
OUR_OWN = ("import_row", "import_problem")  # the columns we add to the file of refused rows


class MappingRefusal(ValueError):
    """The mapping does not suit the file; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a person said: column -> header of the file (empty: leave the column out), and column -> one value."""

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """Column -> place in the row; what is still missing, and which headers compete for one column."""

    places: dict[str, int]
    missing: tuple[str, ...]
    rivals: dict[str, tuple[str, ...]]


def plain(header: str) -> str:
    """A header without case, accents, spaces and punctuation: "Invoice No." is "invoiceno"."""
    decomposed = unicodedata.normalize("NFKD", header.casefold())
    return re.sub(r"[\W_]+", "", "".join(c for c in decomposed if not unicodedata.combining(c)))


KNOWN_AS = {plain(name): column for column in COLUMNS for name in (column, *SYNONYMS[column].split(", "))}


def match_headers(headers: Sequence[str], mapping: Mapping) -> Match:
    """Find each column's place. What the mapping says counts first; the rest is recognised by name.

    Raises MappingRefusal for a column that does not exist, a header the file does not have, or a column that is
    given both a header and a constant.
    """
    check(mapping)
    said = {column: _place(headers, header) for column, header in mapping.columns.items() if header}
    settled = {*mapping.columns, *mapping.constants}
    recognised, rivals = _recognise(headers, without=settled, taken=set(said.values()))
    places = {**recognised, **said}
    missing = tuple(c for c in REQUIRED if c not in places and c not in mapping.constants and c not in rivals)
    return Match(places, missing, rivals)


def check(mapping: Mapping) -> None:
    """Raises MappingRefusal when the mapping makes no sense for any file."""
    for column in (*mapping.columns, *mapping.constants):
        if column not in COLUMNS:
            raise MappingRefusal(f"There is no column “{column}”. Choose from: {', '.join(COLUMNS)}.")
    for column in mapping.constants:
        if column not in CONSTANTS:
            raise MappingRefusal(f"“{column}” cannot be the same in every row. Possible: {', '.join(CONSTANTS)}.")
        if mapping.columns.get(column):
            raise MappingRefusal(f"“{column}” has both a header and a constant. Leave one of them out.")


def fingerprint(headers: Sequence[str]) -> str:
    """A key by which a mapping is remembered: the same headers in any order, without the columns we add."""
    names = sorted({plain(header) for header in headers} - {plain(name) for name in OUR_OWN})
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _place(headers: Sequence[str], wanted: str) -> int:
    for same in (lambda header: header == wanted, lambda header: plain(header) == plain(wanted)):
        places = [place for place, header in enumerate(headers) if same(header)]
        if len(places) == 1:
            return places[0]
        if places:
            raise MappingRefusal(f"Several columns are headed “{wanted}”. Rename them, so that each is told apart.")
    raise MappingRefusal(f"The file has no column headed “{wanted}”. It has: {', '.join(headers)}.")


def _recognise(
    headers: Sequence[str], *, without: set[str], taken: set[int]
) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    places: dict[str, int] = {}
    rivals: dict[str, tuple[str, ...]] = {}
    for column, found in _claims(headers, taken):
        exact = [place for place in found if plain(headers[place]) == plain(column)]
        if column in without:
            continue
        if len(exact) == 1 or len(found) == 1:
            places[column] = (exact or found)[0]
        else:
            rivals[column] = tuple(headers[place] for place in found)
    return places, rivals


def _claims(headers: Sequence[str], taken: set[int]) -> Iterator[tuple[str, list[int]]]:
    claims: dict[str, list[int]] = {}
    for place, header in enumerate(headers):
        column = KNOWN_AS.get(plain(header))
        if column and place not in taken:
            claims.setdefault(column, []).append(place)
    yield from claims.items()
