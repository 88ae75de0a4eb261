"""The accounts into which the demo's customers may pay: examples of no real bank customer."""

from payments.models import BankAccount

ACCOUNTS = (
    {"currency": "EUR", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "bank_name": "Commerzbank"},
    {"currency": "GBP", "iban": "GB29NWBK60161331926819", "bic": "NWBKGB2LXXX", "bank_name": "NatWest"},
    {"currency": "USD", "account_number": "000123456789", "routing_code": "110000000", "bank_name": "First Test Bank"},
)


def open_accounts(holder: str) -> None:
    """Our accounts, each for the invoices in its currency."""
    for facts in ACCOUNTS:
        BankAccount.objects.create(holder=holder, **facts)
