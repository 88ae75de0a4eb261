"""Paying by bank transfer: into which accounts, how much, and under which reference, so that the money is found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from payments.rules.creditor_reference import creditor_reference, customer_reference, in_groups


@dataclass(frozen=True, slots=True)
class Account:
    """An account of ours. It has an `iban`, or an `account_number` with what finds the bank."""

    holder: str
    iban: str = ""
    account_number: str = ""
    routing_code: str = ""
    bic: str = ""
    bank_name: str = ""

    @property
    def iban_in_groups(self) -> str:
        """As people read and type it, in groups of four."""
        return in_groups(self.iban)


@dataclass(frozen=True, slots=True)
class Owing:
    """An open invoice that the transfer is for; `balance` in `currency`."""

    number: str
    currency: str
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Transfer:
    """`amount` in `currency`, into one of `accounts`, under `reference`."""

    currency: str
    amount: Decimal
    reference: str
    accounts: tuple[Account, ...]


def transfers(
    customer_number: str, owing: Iterable[Owing], accounts: Mapping[str, Sequence[Account]]
) -> tuple[Transfer, ...]:
    """One transfer for each currency that is owed and has an account of ours, in order of first sight.

    A single invoice is paid under its own reference, several under the customer's: that settles the oldest first.
    """
    by_currency: dict[str, list[Owing]] = {}
    for invoice in owing:
        by_currency.setdefault(invoice.currency, []).append(invoice)
    return tuple(
        Transfer(
            currency=currency,
            amount=sum((invoice.balance for invoice in invoices), Decimal(0)),
            reference=_reference(customer_number, invoices),
            accounts=tuple(accounts[currency]),
        )
        for currency, invoices in by_currency.items()
        if accounts.get(currency)
    )


def _reference(customer_number: str, invoices: Sequence[Owing]) -> str:
    """A structured one; a number that is too long for it stands as it is."""
    if len(invoices) == 1:
        return in_groups(creditor_reference(invoices[0].number)) or invoices[0].number
    return in_groups(customer_reference(customer_number)) or customer_number
