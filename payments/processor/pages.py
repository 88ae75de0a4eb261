"""What a person sees of the processor: the page to enter a card, and their bank's question. Plain HTML, no script."""

from html import escape
from pathlib import Path

from payments.processor.books import Shape
from payments.processor.cards import METHODS, SHOWN

STYLE = Path(__file__).with_name("page.css").read_text()
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{heading}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<style>{style}</style></head>
<body><header class="stand-in"><strong>Demo.</strong> This page stands in for {stands_for}. Nothing here is real:
no card number is asked for, and no money moves.</header>
<main><h1>{heading}</h1>{body}</main></body></html>"""


def to_enter(session: Shape, note: str) -> str:
    """The page of a checkout session."""
    if session["status"] != "open":
        return _page("the card company", "This page is no longer open", "<p>Please go back and begin again.</p>")
    said = f'<p class="note" role="alert">{escape(note)}</p>' if note else ""
    choices = "".join(
        _choice(token, purpose, is_first=not place) for place, (token, purpose) in enumerate(SHOWN.items())
    )
    buttons = '<button name="go" value="yes">Go on</button><button name="go" value="no" class="second">Back</button>'
    form = f'<form method="post"><fieldset><legend>Choose a test card</legend>{choices}</fieldset>{buttons}</form>'
    return _page("the card company", "Your card or bank account", said + form)


def to_approve(intent: Shape) -> str:
    """The bank's question about a payment."""
    if intent["status"] != "requires_action":
        return _page("your bank", "There is nothing to approve any more", "<p>You can close this page.</p>")
    asked = f'<p class="big">{escape(_in_words(intent))}</p><p>Your bank asks: is this you?</p>'
    buttons = (
        '<button name="go" value="yes">Approve</button><button name="go" value="no" class="second">Refuse</button>'
    )
    return _page("your bank", "Approve this payment", f'{asked}<form method="post">{buttons}</form>')


def done() -> str:
    return _page("the card company", "Done.", "<p>You can close this page.</p>")


def _page(stands_for: str, heading: str, body: str) -> str:
    return PAGE.format(style=STYLE, stands_for=stands_for, heading=escape(heading), body=body)


def _choice(token: str, purpose: str, *, is_first: bool) -> str:
    method = METHODS[token]
    name = {"sepa_debit": "Bank account (SEPA)", "us_bank_account": "Bank account (US)"}.get(method.kind)
    checked = " checked" if is_first else ""
    return (
        f'<label><input type="radio" name="method" value="{escape(token)}"{checked}><span>'
        f"{escape(name or method.brand.capitalize())} ••••&nbsp;{method.last4}"
        f'<span class="quiet">{escape(purpose)}</span></span></label>'
    )


def _in_words(intent: Shape) -> str:
    """Two decimals for all but the currencies that have none; a test bank need not know the rest."""
    amount, currency = intent["amount"], intent["currency"].upper()
    return f"{amount:,} {currency}" if currency in ("JPY", "KRW") else f"{amount / 100:,.2f} {currency}"
