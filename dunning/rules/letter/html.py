"""The HTML part of a letter: the same words in a quiet layout that reads well on phones and in dark rooms."""

from html import escape

from dunning.rules.brand import DARK_INK, STANDARD, Look
from dunning.rules.formats import locale_of
from dunning.rules.letter.layout import FRAGMENTS
from dunning.rules.letter.parts import BUTTON_MARK, Part, cells_of, choice_of, picture_of, take_apart
from dunning.rules.letter.words import words_for


def as_html(body: str, url: str, *, language: str, look: Look = STANDARD) -> str:
    """The HTML part of a letter; `url` is the customer's personal link, `language` that of the text."""
    parts, footer = take_apart(body)
    return FRAGMENTS["page"].format(
        language=escape(language),
        direction=locale_of(language).text_direction,
        company=escape(footer[0]),
        sender=_sender(footer[0], look),
        dark=look.dark_accent,
        dark_ink=DARK_INK,
        about=escape(words_for(language).about),
        letter="".join(_rich(part, lines, url, look) for part, lines in parts),
        footer=_lines(footer),
    )


def _sender(company: str, look: Look) -> str:
    """The logo, which is the same file for every reader and reports nothing; or the name."""
    if not look.logo:
        return escape(company)
    width, height = look.logo_size
    return FRAGMENTS["logo"].format(logo=escape(look.logo), company=escape(company), width=width, height=height)


def _lines(lines: list[str]) -> str:
    return "<br>".join(map(escape, lines))


def _rich(part: Part, lines: list[str], url: str, look: Look) -> str:
    match part:
        case Part.TABLE:
            return _rich_table(lines)
        case Part.BUTTON:
            label = escape(lines[0].removeprefix(BUTTON_MARK))
            return FRAGMENTS["button"].format(url=escape(url), label=label, accent=look.accent)
        case Part.CHOICES:
            links = (_rich_choice(line, url) for line in lines)
            return FRAGMENTS["choices"].format(links=" ".join(links))
        case Part.PICTURE:
            return "".join(map(_rich_picture, lines))
        case _:
            return FRAGMENTS["paragraph"].format(words=_lines(lines))


def _rich_picture(line: str) -> str:
    """A video has its words below as well: without its picture it is still a link."""
    source, alt, leads_to = map(escape, picture_of(line))
    picture = FRAGMENTS["picture"].format(source=source, alt=alt)
    return FRAGMENTS["video"].format(url=leads_to, picture=picture, alt=alt) if leads_to else picture


def _rich_choice(line: str, url: str) -> str:
    label, path = choice_of(line)
    return FRAGMENTS["choice"].format(url=escape(f"{url}{path}"), label=escape(label))


def _rich_table(rows: list[str]) -> str:
    headings = FRAGMENTS["headings"].format(*map(escape, cells_of(rows[0])))
    return FRAGMENTS["table"].format(rows=headings + "".join(_rich_row(cells_of(row)) for row in rows[1:]))


def _rich_row(cells: list[str]) -> str:
    cells = [escape(cell) for cell in cells]
    if len(cells) == 2:
        return FRAGMENTS["sum"].format(*cells)
    number, purpose, due_on, amount = cells
    purpose = FRAGMENTS["purpose"].format(purpose) if purpose else ""
    return FRAGMENTS["invoice"].format(number, purpose, due_on, amount)
