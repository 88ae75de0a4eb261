"""How a letter on paper looks: black on white, one column, everything that must be in a place placed in millimetres."""

from dunning.rules.letter.windows import Box, Sheet

LOOKS = """
* { box-sizing: border-box; }
body { margin: 0; font: 10pt/1.36 "Liberation Sans", "DejaVu Sans", "Noto Sans", sans-serif; color: #000; }
p { margin: 0 0 2.2mm; orphans: 2; widows: 2; }
body > p:nth-last-of-type(-n+2) { break-before: avoid; }  /* no greeting alone on a page */
h1 { margin: 0 0 4mm; font-size: 11pt; line-height: 1.35; }
h2 { margin: 0 0 5mm; font-size: 11.5pt; }
.placed { position: absolute; }
.company { font-size: 12pt; font-weight: bold; }
.address { overflow: hidden; overflow-wrap: anywhere; }
.return { font-size: 6.5pt; line-height: 1.2; white-space: nowrap; overflow: hidden; border-bottom: 0.2mm solid #555; }
.facts { font-size: 9pt; line-height: 1.4; }
.facts b { font-weight: normal; color: #444; }
.fold { border-top: 0.2mm solid #888; width: 4mm; }
table { width: 100%; border-collapse: collapse; margin: 0 0 4mm; font-size: 9.5pt; line-height: 1.35; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { text-align: left; font-weight: bold; padding: 1mm 1.5mm; border-bottom: 0.3mm solid #000; vertical-align: bottom; }
td { padding: 1.1mm 1.5mm; border-bottom: 0.15mm solid #999; vertical-align: top; overflow-wrap: anywhere; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
.amount { text-align: right; white-space: nowrap; }
.day { white-space: nowrap; }
.sum { font-weight: bold; }
.purpose { color: #333; font-size: 8.5pt; }
.scan { display: flex; gap: 4mm; align-items: center; margin: 0 0 2.8mm; break-inside: avoid; }
.scan svg { width: 25mm; height: 25mm; margin: -2.5mm 0 -2.5mm -2.5mm; flex: none; }
.scan p { margin: 0 0 1mm; }
.words { flex: 1; }
.page-address { font: 8.5pt "Liberation Mono", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.account { font-size: 9.5pt; line-height: 1.25; }
.small { font-size: 8.5pt; }
.enclosed { break-before: page; }
.sender { position: running(sender); font-size: 7.5pt; line-height: 1.35; color: #333; }
"""


def sheet_style(sheet: Sheet) -> str:
    """Paper, margins and the running foot; a page of its own number only where there are several."""
    return f"""
@page {{ size: {sheet.size}; margin: {sheet.margin_top}mm {sheet.margin_right}mm 19mm {sheet.margin_left}mm;
  @bottom-left {{ content: element(sender); width: 88%; vertical-align: top; padding-top: 3mm; }}
  @bottom-right {{ content: counter(page) " / " counter(pages); font: 8pt "Liberation Sans", "DejaVu Sans", sans-serif;
    width: 12%; text-align: right; vertical-align: top; padding-top: 3mm; }} }}
.head {{ position: relative; height: {sheet.text_from - sheet.margin_top}mm; }}
"""


def placed(sheet: Sheet, box: Box, kind: str, content: str, style: str = "") -> str:
    """A block at its place on the first sheet; inside `.head`, whose corner is where the margins meet."""
    left, top = box.left - sheet.margin_left, box.top - sheet.margin_top
    place = f"left: {left:g}mm; top: {top:g}mm; width: {box.width:g}mm; height: {box.height:g}mm;"
    return f'<div class="placed {kind}" style="{place} {style}">{content}</div>'
