"""A letter for paper: the words of the mail, set for a printer, with the address where the envelope's window is.

Nothing on it is clicked: the personal page stands there as a code to scan and as an address to type; a transfer has a
code for banking apps. Many invoices go onto a list of their own at the end, the enclosure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from dunning.rules.brand import STANDARD, Look
from dunning.rules.formats import day
from dunning.rules.letter.codes import address_code, transfer_code
from dunning.rules.letter.facts import LetterFacts, clean
from dunning.rules.letter.fields import invoice_rows
from dunning.rules.letter.paper_layout import LOOKS, placed, sheet_style
from dunning.rules.letter.parts import BUTTON_MARK, Part, cells_of, take_apart
from dunning.rules.letter.windows import Box, Sheet
from dunning.rules.letter.words import Words, words_for

MOST_ON_LETTER = 8  # invoices; more of them are enclosed as a list
TYPE_SIZES = (10.5, 9.5, 8.5, 7.5)  # points, for the address
WIDEST = 0.6 * 25.4 / 72  # mm that a character takes per point of type size


@dataclass(frozen=True, slots=True)
class Envelope:
    """To whom, and what it is known by: the lines for the window, the customer's number and the letter's own."""

    lines: tuple[str, ...]
    customer_number: str
    letter_number: str


def as_paper(
    subject: str, body: str, facts: LetterFacts, url: str, envelope: Envelope, sheet: Sheet, look: Look = STANDARD
) -> str:
    """The whole letter as a page to be printed; `url` is the customer's personal link."""
    parts, footer = take_apart(body)
    words = words_for(facts.language)
    told = "".join(_set(part, lines, facts, url) for part, lines in parts)
    enclosed = enclosure(facts)
    if enclosed:
        rows = invoice_rows(facts)
        told += f'<p class="small">{escape(enclosed)}</p>'
        told += f'<section class="enclosed"><h2>{escape(enclosed)}</h2>{_table(rows)}</section>'
    return (
        f'<!DOCTYPE html><html lang="{escape(facts.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title><style>{LOOKS}{sheet_style(sheet)}</style></head><body>"
        f'<div class="sender">{escape(" · ".join(footer))}</div>'
        f"{_head(facts, envelope, sheet, words, look)}<h1>{escape(subject)}</h1>{told}</body></html>"
    )


def enclosure(facts: LetterFacts) -> str:
    """What is enclosed, in words; empty where everything stands on the letter."""
    invoices = len({line.invoice_id for line in facts.lines})
    return words_for(facts.language).enclosure.format(n=invoices) if len(facts.lines) > MOST_ON_LETTER else ""


def _head(facts: LetterFacts, envelope: Envelope, sheet: Sheet, words: Words, look: Look) -> str:
    blocks = [placed(sheet, Box(sheet.margin_left, sheet.margin_top, 120, 8), "company", _company(facts, look))]
    sender = [clean(facts.company_name), *map(clean, facts.company_address.splitlines())]
    if sheet.has_return_line:
        line = Box(sheet.address.left, sheet.address.top - 4.7, sheet.address.width, 3.6)
        blocks.append(placed(sheet, line, "return", escape(" · ".join(sender))))
    else:
        place = Box(sheet.margin_left, sheet.margin_top + 6.5, 90, 26)
        blocks.append(placed(sheet, place, "small", _lines(sender[1:6])))
    blocks.append(_address(envelope.lines, sheet))
    known_by = ((words.customer_number, envelope.customer_number), (words.letter, envelope.letter_number))
    told = "".join(f"<br><b>{escape(label)}</b> {escape(clean(value))}" for label, value in known_by)
    blocks.append(placed(sheet, sheet.facts, "facts", escape(day(facts.today, facts.locale)) + told))
    folds = "".join(placed(sheet, Box(5, fold, 4, 1), "fold", "") for fold in sheet.folds)
    return f'<div class="head">{"".join(blocks)}{folds}</div>'


def _company(facts: LetterFacts, look: Look) -> str:
    """The logo as high as the name would be with its line; or the name, in the brand's colour."""
    name = escape(clean(facts.company_name))
    if look.logo:
        return f'<img src="{escape(look.logo)}" alt="{name}" style="height: 10mm; max-width: 90mm;">'
    return name if look.accent == STANDARD.accent else f'<span style="color: {look.accent};">{name}</span>'


def _address(lines: Sequence[str], sheet: Sheet) -> str:
    """In the largest type in which all of it shows in the window. Where the sheet may slide, it ends at the lower edge.

    Raises ValueError when it fits in no readable type.
    """
    box = sheet.address
    size, height, fitted = _fitted([clean(line) for line in lines], box, sheet.line_height)
    if not sheet.has_return_line:
        used = height * len(fitted)
        box = Box(box.left, box.top + box.height - used, box.width, used)
    return placed(sheet, box, "address", _lines(fitted), f"font-size: {size:g}pt; line-height: {height:g}mm;")


def _fitted(lines: Sequence[str], box: Box, line_height: float) -> tuple[float, float, list[str]]:
    for size in TYPE_SIZES:
        height = line_height * size / TYPE_SIZES[0]
        across = int(box.width / (size * WIDEST))
        folded = [*_name(lines[0], across), *(part for line in lines[1:] for part in wrap(line, across))]
        if len(folded) * height <= box.height:
            return size, height, folded
    raise ValueError(f"the address does not fit into the window of an envelope: shorten {' / '.join(lines)}")


def _name(line: str, across: int) -> list[str]:
    """The first line on two lines at most: it gives way to where the letter goes, which is never cut."""
    first, *rest = wrap(line, across) or [""]
    return [first, clean(" ".join(rest), across)] if rest else [first]


def _lines(lines: Sequence[str]) -> str:
    return "<br>".join(map(escape, lines))


def _set(part: Part, lines: list[str], facts: LetterFacts, url: str) -> str:
    match part:
        case Part.TABLE if enclosure(facts):
            sums = [row for row in lines[1:] if len(cells_of(row)) == 2][-1:]
            return _table([lines[0], *sums]) + f"<p>{escape(words_for(facts.language).see_list)}</p>"
        case Part.TABLE:
            return _table(lines)
        case Part.BUTTON:
            return _page(lines[0].removeprefix(BUTTON_MARK), url, facts)
        case Part.CHOICES | Part.PICTURE:
            return ""  # nothing can be tapped on paper, and nothing is loaded for it
        case _:
            return _paragraph(lines, facts)


def _page(label: str, url: str, facts: LetterFacts) -> str:
    """Where a mail has its button."""
    shown = url.partition("://")[2] or url
    words = words_for(facts.language)
    told = f"<p><strong>{escape(label)}</strong></p><p>{escape(words.scan_page)}</p>"
    address = f'<p class="page-address">{escape(shown)}</p>'
    return f'<div class="scan">{address_code(url)}<div class="words">{told}{address}</div></div>'


def _paragraph(lines: list[str], facts: LetterFacts) -> str:
    """A paragraph; with a code beside it when it names an account of ours and the reference to pay under."""
    said = _lines(lines)
    for transfer in facts.transfers:
        for account in transfer.accounts:
            names_it = account.iban and account.iban_in_groups in said and escape(transfer.reference) in said
            if names_it and (code := transfer_code(transfer, account)):
                note = f'<p class="small">{escape(words_for(facts.language).scan_to_pay)}</p>'
                return f'<div class="scan">{code}<div class="words"><p class="account">{said}</p>{note}</div></div>'
    return f"<p>{said}</p>"


def _table(rows: Sequence[str]) -> str:
    """Rows after an empty line, which close a list of instalments, stand below the table."""
    invoice, due, still_open = map(escape, cells_of(rows[0]))
    headings = f'<tr><th>{invoice}</th><th>{due}</th><th class="amount">{still_open}</th></tr>'
    return f"<table><thead>{headings}</thead><tbody>{''.join(_row(cells_of(row)) for row in rows[1:])}</tbody></table>"


def _row(cells: list[str]) -> str:
    cells = [escape(cell) for cell in cells]
    if len(cells) == 2:
        return '<tr><td class="sum" colspan="2">{}</td><td class="amount sum">{}</td></tr>'.format(*cells)
    number, purpose, due_on, amount = cells
    purpose = f'<br><span class="purpose">{purpose}</span>' if purpose else ""
    return f'<tr><td>{number}{purpose}</td><td class="day">{due_on}</td><td class="amount">{amount}</td></tr>'
