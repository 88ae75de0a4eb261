"""Telephone numbers: whether a text message can reach one, and how the whole world writes it (ITU-T E.164)."""

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

# In North America a number does not tell whether it is a mobile.
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class NoMobile(ValueError):
    """No text message can reach this number; the message says why and what to write instead."""


def mobile_number(phone: str, country: str) -> str:
    """The number as +491512…; `country` (ISO 3166) is where it is dialled when it names none. Raises NoMobile."""
    number, why_not = _read(phone, country)
    if why_not:
        raise NoMobile(why_not)
    return number


def mobile_or_nothing(phone: str, country: str) -> str:
    """The same, with "" for a number that no text message can reach."""
    return _read(phone, country)[0]


def dialled(phone: str, country: str) -> str:
    """Any number as the whole world dials it, +4930… with its extension; one that makes no sense as it is written."""
    try:
        number = phonenumbers.parse(phone, country or None)
    except NumberParseException:
        return phone.strip().lower()
    extension = f";ext={number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) + extension


def is_phone(text: str) -> bool:
    """Whether this is a number of somewhere, written with its country: +4930…"""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text))
    except NumberParseException:
        return False


@lru_cache(maxsize=65536)
def _read(phone: str, country: str) -> tuple[str, str]:
    if not phone:
        return "", "There is no phone number."
    try:
        number = phonenumbers.parse(phone, country or None)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            return "", "The number has no country code. Write it like +49 1512 3456789, or set the customer's country."
        return "", "This is no phone number."
    if number.extension:
        return "", "A number with an extension is no mobile."
    if not phonenumbers.is_valid_number(number):
        return "", "There is no such phone number."
    if phonenumbers.number_type(number) not in MOBILE:
        return "", "This number is no mobile, so that no text message can reach it."
    return phonenumbers.format_number(number, PhoneNumberFormat.E164), ""
