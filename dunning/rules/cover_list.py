"""The first sheet of a print run: what must lie in the pile, in its order, to be ticked off at the envelopes."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

STYLE = """
@page { size: %s; margin: 16mm 15mm 18mm;
  @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; } }
body { margin: 0; font: 9pt/1.35 "Liberation Sans", "DejaVu Sans", "Noto Sans", sans-serif; }
h1 { margin: 0 0 2mm; font-size: 14pt; }
p { margin: 0 0 4mm; }
table { width: 100%%; border-collapse: collapse; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; padding: 1.2mm 1.5mm; border-bottom: 0.15mm solid #888;
  overflow-wrap: anywhere; }
th { border-bottom: 0.3mm solid #000; }
.number { text-align: right; white-space: nowrap; }
.box { width: 5mm; }
.box span { display: block; width: 3.4mm; height: 3.4mm; border: 0.25mm solid #000; }
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """One letter of the run: `place` in the pile, its own number, and how many pages it has."""

    place: int
    letter: int
    customer_number: str
    address: str
    pages: int
    enclosure: str


def cover_list(title: str, made: str, listed: Sequence[Listed], *, paper: str) -> str:
    """The page to be set; `made` says when and by whom, `paper` is a size of CSS."""
    pages = sum(letter.pages for letter in listed)
    heads = "".join(f"<th>{head}</th>" for head in ("", "No.", "Letter", "Customer", "Address", "Pages", "Enclosure"))
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE % paper}</style></head><body><h1>{escape(title)}</h1>"
        f"<p>{escape(made)}<br>Letters: {len(listed)} · pages: {pages} · each letter begins on a new sheet.</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(map(_row, listed))}</tbody></table></body></html>"
    )


def _row(letter: Listed) -> str:
    cells = (
        f'<td class="number">{letter.place}</td><td class="number">{letter.letter}</td>',
        f"<td>{escape(letter.customer_number)}</td><td>{escape(letter.address)}</td>",
        f'<td class="number">{letter.pages}</td><td>{escape(letter.enclosure)}</td>',
    )
    return f'<tr><td class="box"><span></span></td>{"".join(cells)}</tr>'
