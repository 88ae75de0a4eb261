"""Who the demo company sells to. All firms are invented; mail goes to example.com, which reaches nobody."""

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Country:
    """How firms there are called and billed. `typical` is a usual invoice in the country's currency."""

    code: str
    firms: int
    currency: str
    typical: int
    languages: tuple[str, ...]
    zones: tuple[str, ...]
    pattern: tuple[str, ...]
    names: tuple[str, ...]
    trades: tuple[str, ...]
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Firm:
    """One customer as the books of the demo company know it."""

    number: str
    name: str
    contact: str
    email: str
    language: str
    country: str
    time_zone: str
    currency: str
    typical: int
    segment: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COUNTRIES = (
    Country(
        "US", 62, "USD", 1400, ("en", "en", "en", "en", "es"),
        ("America/New_York", "America/Chicago", "America/Los_Angeles"),
        ("{name} {trade} Inc.", "{name} {trade} LLC", "{name} & Sons {trade}"),
        _words("Harlow Pinecrest Delmar Ridgeway Calloway Bexley Marlowe Tidewater Ashgrove Kettering Stanton"),
        _words("Brewing Dental Laboratories Machining Catering Optics Roofing Printing Coffee Robotics"),
        ("Dana Whitlock", "Marcus Reed", "Elena Vargas", "Priya Nair", "Tom Gallagher", "Renee Carter"),
    ),
    Country(
        "GB", 46, "GBP", 1100, ("en",), ("Europe/London",),
        ("{name} {trade} Ltd", "{name} {trade} LLP", "The {name} {trade} Company"),
        _words("Thornbury Wetherby Ashdown Marlpit Kirkwall Ludlow Penrith Saltash Whitby Alnwick"),
        _words("Joinery Bakery Optics Pharmacy Nurseries Ceramics Foundry Upholstery Cycles"),
        ("Harriet Cole", "Owen Pritchard", "Fiona McAllister", "Imran Sheikh", "George Whitaker"),
    ),
    Country(
        "DE", 72, "EUR", 1250, ("de", "de", "de", "de", "en"), ("Europe/Berlin",),
        ("{name} {trade} GmbH", "{trade} {name} KG", "{name} & Töchter {trade}"),
        _words("Birkenfeld Osterkamp Kaltenbach Wiesner Lindhorst Maurer Falkenried Seidel Hagedorn Brückner Tannert"),
        _words("Maschinenbau Feinmechanik Labortechnik Elektrotechnik Gartenbau Zahntechnik Druckerei Logistik"),
        ("Katrin Vogel", "Jürgen Maaß", "Ayşe Demir", "Stefan Löffler", "Miriam Hartwig"),
    ),
    Country(
        "FR", 42, "EUR", 980, ("fr",), ("Europe/Paris",),
        ("{trade} {name} SARL", "{trade} {name} SAS", "{trade} {name} et Fils"),
        _words("Lavergne Montrieux Delacourt Beauvallon Rivoire Chastaing Perrault Vauclin Garance"),
        _words("Imprimerie Menuiserie Boulangerie Optique Serrurerie Pépinières Laboratoire Librairie"),
        ("Claire Fontanel", "Mathieu Roussel", "Inès Belkacem", "Éric Charpentier"),
    ),
    Country(
        "ES", 30, "EUR", 860, ("es",), ("Europe/Madrid", "Atlantic/Canary"),
        ("{trade} {name} S.L.", "{trade} {name} S.A.", "{trade} Hermanos {name}"),
        _words("Montalbán Arizmendi Robledo Cifuentes Valverde Ibarrola Peñalver Zubiri"),
        _words("Talleres Bodegas Cerámicas Imprenta Viveros Conservas Muebles"),
        ("Lucía Ferrer", "Andrés Molina", "Nuria Castellanos", "Íñigo Etxeberria"),
    ),
    Country(
        "AT", 20, "EUR", 1050, ("de",), ("Europe/Vienna",),
        ("{name} {trade} GmbH", "{trade} {name} OG"),
        _words("Edlinger Hofstätter Kirchschlager Moosbrugger Pichlmayr Wimmer"),
        _words("Tischlerei Messtechnik Mühle Glashütte Seilbahntechnik Konditorei"),
        ("Johanna Gruber", "Florian Ebner", "Theresa Haslinger"),
    ),
    Country(
        "JP", 16, "JPY", 150_000, ("en",), ("Asia/Tokyo",),
        ("{name} {trade} K.K.", "{name} {trade} Co., Ltd."),
        _words("Aozora Hinomaru Kawanami Minamoto Shirogane Tsukiyama"),
        _words("Seimitsu Kōgaku Denki Shokuhin Insatsu"),
        ("Haruka Ogawa", "Kenji Matsuda", "Yui Sakamoto"),
    ),
    Country(
        "KW", 12, "KWD", 420, ("en",), ("Asia/Kuwait",),
        ("{name} {trade} W.L.L.", "Al {name} {trade} Co."),
        _words("Rawda Salhiya Fintas Mubarkiya"),
        _words("Trading Medical Instruments Catering"),
        ("Noura Al-Sabhan", "Faisal Behbehani", "Dalal Marafi"),
    ),
)  # fmt: skip

DECIMALS = {"JPY": 0}  # Kuwait prices in tens of fils: card companies take no finer amount
GOODS = {
    "en": (
        "Calibration service",
        "Replacement filters",
        "Measuring instruments",
        "Maintenance contract",
        "Spare parts",
    ),
    "de": ("Kalibrierung", "Ersatzfilter", "Messgeräte", "Wartungsvertrag", "Ersatzteile"),
    "fr": ("Étalonnage", "Filtres de rechange", "Instruments de mesure", "Contrat d’entretien", "Pièces détachées"),
    "es": ("Calibración", "Filtros de recambio", "Instrumentos de medida", "Contrato de mantenimiento", "Recambios"),
}


def firms(chance: random.Random) -> list[Firm]:
    """All customers, the same for the same seed; numbers follow the order in which they became customers."""
    found = [firm for country in COUNTRIES for firm in _firms_of(country, chance)]
    chance.shuffle(found)
    return [replace(firm, number=f"C{number}") for number, firm in enumerate(found, start=10_001)]


def _firms_of(country: Country, chance: random.Random) -> Iterator[Firm]:
    pairs = [(name, trade) for name in country.names for trade in country.trades]
    for name, trade in chance.sample(pairs, country.firms):
        title = chance.choice(country.pattern).format(name=name, trade=trade)
        contact = chance.choice(country.people)
        yield Firm(
            number="",
            name=title,
            contact=contact,
            email=f"{_plain(contact.split()[0])}@{_plain(title)}.example.com",
            language=chance.choice(country.languages),
            country=country.code,
            time_zone=chance.choice(country.zones),
            currency=country.currency,
            typical=country.typical,
            segment=chance.choices(("", "key account"), (9, 1))[0],
        )


def _plain(text: str) -> str:
    """Letters and digits that fit into an address."""
    folded = (
        unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("&", "and")).encode("ascii", "ignore").decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-")


def price(firm: Firm, chance: random.Random) -> Decimal:
    """What one invoice to this firm is over: around the typical amount, now and then much more."""
    factor = chance.lognormvariate(0, 0.7)
    return round(Decimal(firm.typical * factor) + 1, DECIMALS.get(firm.currency, 2))
