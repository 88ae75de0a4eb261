"""How many pieces a text message is sent in, which is what it costs: 160 letters of the old alphabet, or 70 of any.

Source: 3GPP TS 23.038 (GSM 7 bit default alphabet and its extension), TS 23.040 (a header of 6 octets in each piece).
"""

from dataclasses import dataclass

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")  # each takes two places
GSM_ALONE, GSM_EACH = 160, 153
UCS2_ALONE, UCS2_EACH = 70, 67


@dataclass(frozen=True, slots=True)
class Segments:
    """`length` in places of the alphabet: letters of GSM 7 bit, or UTF-16 units."""

    count: int
    length: int
    is_gsm: bool


def segments(text: str) -> Segments:
    """The pieces that `text` is sent in; one at least."""
    is_gsm = all(letter in GSM or letter in GSM_EXTENDED for letter in text)
    sizes = [_size(letter, is_gsm) for letter in text]
    alone, each = (GSM_ALONE, GSM_EACH) if is_gsm else (UCS2_ALONE, UCS2_EACH)
    return Segments(1 if sum(sizes) <= alone else _pieces(sizes, each), sum(sizes), is_gsm)


def _size(letter: str, is_gsm: bool) -> int:
    return 1 + (letter in GSM_EXTENDED) if is_gsm else len(letter.encode("utf-16-le")) // 2


def _pieces(sizes: list[int], room: int) -> int:
    """A letter that takes two places is never cut in two."""
    count, used = 1, 0
    for size in sizes:
        if used + size > room:
            count, used = count + 1, 0
        used += size
    return count
