"""How the HTML part looks. Mail programs want every style on its element, so the sheet is put there once, at import.

Nothing is loaded from elsewhere but the logo and the pictures that a text declares, and nothing reports back.
`[[name]]` marks a slot, `<!--name-->` the start of a fragment that ends at the next `<!---->`.
"""

import re

import css_inline

ACCENT = "#010203"  # stands for the colour of the brand: a style with a slot in it could not be put on its element
SHEET = """
.page { margin: 0; padding: 0; background-color: #eef1f5; }
.outer { width: 100%; background-color: #eef1f5; }
.edge { padding: 24px 12px; }
.sheet { width: 100%; max-width: 600px; background-color: #ffffff; border-radius: 12px; }
.sheet, p, td, th { font-family: -apple-system, Segoe UI, Roboto, Arial, sans-serif; }
.sender { padding: 28px 32px 0; font-size: 15px; line-height: 20px; font-weight: 700; color: #1e3a5f; }
.letter { padding: 20px 32px 16px; }
p { margin: 0 0 18px; font-size: 16px; line-height: 25px; color: #1f2933; }
.invoices { width: 100%; border-collapse: collapse; margin: 4px 0 22px; }
.invoices th { padding: 8px 6px; font-size: 13px; line-height: 18px; font-weight: 600; color: #52606d;
  text-align: left; vertical-align: bottom; border-bottom: 2px solid #cbd2d9; }
.invoices td { padding: 10px 6px; font-size: 15px; line-height: 21px; color: #1f2933; vertical-align: top;
  text-align: left; border-bottom: 1px solid #e4e7eb; overflow-wrap: anywhere; word-break: break-word; }
.invoices .amount { text-align: right; word-break: normal; overflow-wrap: normal; }
.invoices .day { white-space: nowrap; word-break: normal; overflow-wrap: normal; }
.invoices th:first-child, .invoices td:first-child { padding-left: 0; }
.invoices th:last-child, .invoices td:last-child { padding-right: 0; }
.invoices .sum { font-weight: 700; }
.purpose { font-size: 13px; line-height: 18px; color: #52606d; }
.button { margin: 0 0 24px; }
.button td { border-radius: 8px; background-color: #010203; text-align: center; mso-padding-alt: 14px 28px; }
.button a { display: inline-block; padding: 14px 28px; border-radius: 8px; font-size: 16px; line-height: 20px;
  font-weight: 600; color: #ffffff; text-decoration: none; }
.choices { margin: 0 0 16px; }
.choice { display: inline-block; margin: 0 4px 8px 0; padding: 9px 14px; border: 1px solid #9fb3c8; border-radius: 8px;
  font-size: 15px; line-height: 20px; color: #1e3a5f; text-decoration: none; }
.picture { display: block; width: 100%; max-width: 536px; height: auto; margin: 0 0 18px; border: 0; border-radius: 8px;
  font-size: 15px; line-height: 21px; color: #1f2933; background-color: #eef1f5; }
.video { color: #1d4ed8; }
.footer { padding: 18px 32px 24px; border-top: 1px solid #e4e7eb; font-size: 13px; line-height: 19px; color: #52606d; }
.about { display: none; max-height: 0; overflow: hidden; font-size: 1px; line-height: 1px; color: #eef1f5; opacity: 0; }
"""

WHERE_SCREENS_DIFFER = """<style>
@media (max-width: 480px) {
  .edge { padding: 0 !important; }
  .sheet { border-radius: 0 !important; }
  .sender, .letter, .footer { padding-left: 20px !important; padding-right: 20px !important; }
  .button, .button a { width: 100% !important; box-sizing: border-box !important; }
}
@media (prefers-color-scheme: dark) {
  .page, .outer { background-color: #12161c !important; }
  .sheet { background-color: #1c222b !important; }
  .sender { color: #9ec5ff !important; }
  p, .invoices td { color: #e6eaf0 !important; }
  .invoices th, .purpose, .footer { color: #a9b4c2 !important; }
  .invoices th, .invoices td, .footer { border-color: #3a4452 !important; }
  .button td { background-color: [[dark]] !important; }
  .button a { color: [[dark_ink]] !important; }
  .picture { color: #e6eaf0 !important; background-color: #2a323d !important; }
  .video { color: [[dark]] !important; }
  .choice { color: #cfe2ff !important; border-color: #52637a !important; }
}
</style>"""

# Behind the words for the mail program's list, so that it does not go on with the letter: a lock screen is public.
BLANKS = "&#847;&zwnj;&nbsp;" * 80

SPECIMEN = """<!--page--><!DOCTYPE html><html lang="[[language]]" dir="[[direction]]"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>[[company]]</title>
<!--[[screens]]--></head>
<body class="page"><div class="about">[[about]][[blanks]]</div>
<div role="article" lang="[[language]]" dir="[[direction]]">
<table role="presentation" class="outer" cellpadding="0" cellspacing="0" border="0"><tbody><tr>
<td class="edge" align="center">
<table role="presentation" class="sheet" cellpadding="0" cellspacing="0" border="0"><tbody>
<tr><td class="sender">[[sender]]</td></tr>
<tr><td class="letter">[[letter]]</td></tr>
<tr><td class="footer">[[footer]]</td></tr>
</tbody></table></td></tr></tbody></table></div></body></html><!---->"""

PIECES = """<!--paragraph--><p>[[words]]</p><!---->
<table class="invoices" cellpadding="0" cellspacing="0" border="0"><tbody>
<!--headings--><tr><th scope="col">[[0]]</th><th scope="col">[[1]]</th><th scope="col" class="amount">[[2]]</th></tr>
<!---->
<!--invoice--><tr><td>[[0]][[1]]</td><td class="day">[[2]]</td><td class="amount">[[3]]</td></tr><!---->
<!--sum--><tr><td class="sum">[[0]]</td><td class="amount sum" colspan="2">[[1]]</td></tr><!---->
</tbody></table>
<!--table--><table class="invoices" cellpadding="0" cellspacing="0" border="0"><tbody><!--[[rows]]--></tbody></table>
<!---->
<!--purpose--><br><span class="purpose">[[0]]</span><!---->
<!--button--><table role="presentation" class="button" cellpadding="0" cellspacing="0" border="0"><tbody><tr>
<td><a href="[[url]]">[[label]]</a></td></tr></tbody></table><!---->
<!--picture--><img class="picture" src="[[source]]" alt="[[alt]]" width="536"><!---->
<!--video--><a class="video" href="[[url]]"><!--[[picture]]--></a>
<p><a class="video" href="[[url]]">&#9654; [[alt]]</a></p><!---->
<!--choices--><p class="choices"><!--[[links]]--></p><!---->
<!--logo--><img src="[[logo]]" alt="[[company]]" width="[[width]]" height="[[height]]"><!---->
<!--choice--><a class="choice" href="[[url]]">[[label]]</a><!---->"""

INLINER = css_inline.CSSInliner(extra_css=SHEET, minify_css=True, load_remote_stylesheets=False)
FRAGMENT = re.compile(r"<!--(\w+)-->(.*?)<!---->", re.DOTALL)
SLOT = re.compile(r"\[\[(\w+)\]\]")


def _as_format(markup: str) -> str:
    """The markup for `str.format`: slots become fields, every other brace stands for itself."""
    whole = markup.replace("<!--[[", "[[").replace("]]-->", "]]").replace(ACCENT, "[[accent]]")
    whole = whole.replace("[[screens]]", WHERE_SCREENS_DIFFER).replace("[[blanks]]", BLANKS)
    return SLOT.sub(r"{\1}", whole.replace("{", "{{").replace("}", "}}")).replace("\n", "")


def _fragments(markup: str) -> dict[str, str]:
    return {name: _as_format(piece) for name, piece in FRAGMENT.findall(markup)}


FRAGMENTS = _fragments(INLINER.inline(SPECIMEN)) | _fragments(INLINER.inline(f"<body>{PIECES}</body>"))
