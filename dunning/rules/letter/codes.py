"""Codes to scan, as SVG: a page's address, and a transfer as banking apps read it (EPC069-12, "GiroCode")."""

from decimal import Decimal

import segno
from segno.helpers import make_epc_qr
from stdnum import iso11649

from payments.rules.transfer import Account, Transfer

MOST_BY_CODE = Decimal("999999999.99")


def address_code(url: str) -> str:
    """The code that opens this page."""
    return _svg(segno.make_qr(url, error="m"))


def transfer_code(transfer: Transfer, account: Account) -> str:
    """The code that fills in this transfer; empty where there is none: only euros into an IBAN have one."""
    is_possible = account.iban and transfer.currency == "EUR" and 0 < transfer.amount <= MOST_BY_CODE
    if not is_possible:
        return ""
    reference = transfer.reference.replace(" ", "")
    told = {"reference": reference} if iso11649.is_valid(reference) else {"text": transfer.reference}
    code = make_epc_qr(
        name=account.holder, iban=account.iban, amount=transfer.amount, bic=account.bic or None, encoding=1, **told
    )
    return _svg(code)


def _svg(code: segno.QRCode) -> str:
    return str(code.svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None))
