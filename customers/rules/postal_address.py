"""How an address is written on an envelope: the place as its country writes it, and the country for mail abroad.

The country stands last, alone, in capitals and in a language known everywhere, as the Universal Postal Union asks.
"""

from dataclasses import dataclass

from babel import Locale

ENGLISH = Locale("en")
CITY_REGION_CODE = frozenset("US CA AU PR GU VI AS MP".split())
CITY_REGION_COMMA_CODE = frozenset("BR IN CN JP KR TH ID PH NG EG SA TW VN".split())
CITY_CODE = frozenset("NZ SG ZA PK BD LK KE".split())
CODE_BELOW_CITY = frozenset("GB GG JE IM IE GI MT".split())


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where a contact gets letters; `country` in two letters of ISO 3166, empty where nobody said."""

    street: str
    street_2: str
    postal_code: str
    city: str
    region: str
    country: str


def address_lines(address: PostalAddress, *, names: tuple[str, ...], sent_from: str) -> tuple[str, ...]:
    """The lines for the window: the names, without one said twice; street; place; and the country unless we write
    from there (`sent_from` empty: always)."""
    lines = [*dict.fromkeys(names), address.street, address.street_2, *_place(address)]
    if address.country and address.country != sent_from:
        lines.append(country_name(address.country).upper())
    return tuple(line for line in lines if line)


def country_name(code: str) -> str:
    """The country's English name; the code itself where there is no such country."""
    return str(ENGLISH.territories.get(code, code))


def _place(address: PostalAddress) -> list[str]:
    city, region, code = address.city, address.region, address.postal_code
    if address.country in CODE_BELOW_CITY:
        return [city, code]
    if address.country in CITY_REGION_CODE:
        return [_joined(" ", city, region, code)]
    if address.country in CITY_REGION_COMMA_CODE:
        return [_joined(" ", _joined(", ", city, region), code)]
    if address.country in CITY_CODE:
        return [_joined(" ", city, code)]
    return [_joined(" ", code, _joined(", ", city, region))]


def _joined(mark: str, *parts: str) -> str:
    return mark.join(part for part in parts if part)
