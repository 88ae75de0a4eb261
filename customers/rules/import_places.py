"""Countries: which codes exist, and which zone and language a customer there most likely has."""

from customers.rules.import_cell import Cell, Unknown, Unreadable
from customers.rules.import_text import as_text
from customers.rules.money import MINOR_UNITS

# ISO 3166-1 alpha-2 (ISO 3166 maintenance agency).
COUNTRIES = frozenset(
    """AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM
    FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT
    JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN
    MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT
    PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL
    TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW""".split()
)
ALSO_WRITTEN = {"UK": "GB", "EL": "GR"}

# Where most people of the country live; a file or the desk says it better.
HOME = {
    line.split()[0]: (line.split()[1], line.split()[2])
    for line in """AE Asia/Dubai en|AR America/Argentina/Buenos_Aires es|AT Europe/Vienna de|AU Australia/Sydney en
    |BE Europe/Brussels fr|BH Asia/Bahrain en|BR America/Sao_Paulo en|CA America/Toronto en|CH Europe/Zurich de
    |CL America/Santiago es|CN Asia/Shanghai en|CO America/Bogota es|CR America/Costa_Rica es|CZ Europe/Prague en
    |DE Europe/Berlin de|DK Europe/Copenhagen en|DO America/Santo_Domingo es|EC America/Guayaquil es
    |EG Africa/Cairo en|ES Europe/Madrid es|FI Europe/Helsinki en|FR Europe/Paris fr|GB Europe/London en
    |GR Europe/Athens en|HK Asia/Hong_Kong en|HU Europe/Budapest en|IE Europe/Dublin en|IL Asia/Jerusalem en
    |IN Asia/Kolkata en|IT Europe/Rome en|JO Asia/Amman en|JP Asia/Tokyo en|KE Africa/Nairobi en|KR Asia/Seoul en
    |KW Asia/Kuwait en|LI Europe/Vaduz de|LU Europe/Luxembourg fr|MA Africa/Casablanca fr|MC Europe/Monaco fr
    |MX America/Mexico_City es|NG Africa/Lagos en|NL Europe/Amsterdam en|NO Europe/Oslo en|NZ Pacific/Auckland en
    |OM Asia/Muscat en|PE America/Lima es|PH Asia/Manila en|PL Europe/Warsaw en|PT Europe/Lisbon en
    |QA Asia/Qatar en|RO Europe/Bucharest en|SA Asia/Riyadh en|SE Europe/Stockholm en|SG Asia/Singapore en
    |SN Africa/Dakar fr|TN Africa/Tunis fr|TR Europe/Istanbul en|TW Asia/Taipei en|UA Europe/Kyiv en
    |US America/New_York en|UY America/Montevideo es|ZA Africa/Johannesburg en""".split("|")
}
LANGUAGE_NAMES = {
    "english": "en", "englisch": "en", "anglais": "en", "inglés": "en",
    "german": "de", "deutsch": "de", "allemand": "de", "alemán": "de",
    "french": "fr", "français": "fr", "französisch": "fr", "francés": "fr",
    "spanish": "es", "español": "es", "spanisch": "es", "espagnol": "es",
}  # fmt: skip


def read_country(cell: Cell) -> str:
    """The two-letter code. Raises Unreadable."""
    code = as_text(cell).upper()
    code = ALSO_WRITTEN.get(code, code)
    if code not in COUNTRIES:
        raise Unreadable("is not a country code", "Write the two letters of ISO 3166, for example DE.")
    return code


def read_currency(cell: Cell) -> str:
    """The three-letter code. Raises Unreadable."""
    code = as_text(cell).upper()
    if code not in MINOR_UNITS:
        raise Unreadable("is not a currency in use", "Write the three letters of ISO 4217, for example EUR.")
    return code


def read_language(cell: Cell, known: frozenset[str]) -> str:
    """One of the `known` languages: de, de-DE, de_AT.UTF-8 and German are all de. Raises Unknown."""
    text = as_text(cell).lower()
    code = LANGUAGE_NAMES.get(text, text.replace("_", "-").split("-")[0])
    if code not in known:
        languages = ", ".join(sorted(known))
        raise Unknown("is not a language we write", f"We use the country's language instead. Possible: {languages}.")
    return code


def read_time_zone(cell: Cell, known: frozenset[str]) -> str:
    """One of the `known` zone names. Raises Unknown."""
    name = as_text(cell)
    if name not in known:
        raise Unknown("is not a known time zone", "We use the country's zone instead. Write it like Europe/Berlin.")
    return name
