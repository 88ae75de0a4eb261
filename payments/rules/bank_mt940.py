"""Reading MT940 (SWIFT customer statement) with the mt940 library, and refusing what it would pass over in silence."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import mt940
from stdnum import iban

from payments.rules.bank_entry import BankFileRefusal, Entry, Statement, account_key, checked, one_line

CREDITS = ("C", "RD")  # RD: a debit of ours taken back
RETURNED = ("RC", "RD")
RETURN_TYPES = ("NRTI", "NRET")  # field 61, transaction type
RETURN_CODES = ("108", "109", "159")  # German business transaction codes: returned debits, returned transfer
SHORTEST_IBAN, LONGEST_IBAN = 15, 34


def read_mt940(text: str) -> list[Statement]:
    """The statements in an MT940 file. Raises BankFileRefusal."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith(":20:")]
    if not starts:
        raise BankFileRefusal(
            "The file has no :20: field, so it is no MT940 statement. Choose the bank's MT940 export."
        )
    ends = [*starts[1:], len(lines)]
    return [_statement(lines[start:end], start + 1) for start, end in zip(starts, ends, strict=True)]


def _statement(lines: list[str], first_line: int) -> Statement:
    where = f"The statement in line {first_line}"
    entries = [number for number, line in enumerate(lines) if line.startswith(":61:")]
    try:
        found = mt940.parse("\n".join(lines))
    except Exception as error:  # the library has no error of its own: whatever it raises, the file is not readable
        raise BankFileRefusal(f"{_culprit(lines, first_line, error)}: not readable as MT940. Ask the bank.") from None
    account = account_key(str(found.data.get("account_identification") or ""))
    if not account:
        raise BankFileRefusal(f"{where}, :25:: it names no account. Ask the bank for a whole file.")
    if len(found) != len(entries):
        raise BankFileRefusal(f"{where}: {len(entries)} entries, but {len(found)} can be read. Ask the bank.")
    _check_balances(found, where)
    read = [
        _entry(movement, _raw(lines[start:end]), f"Line {first_line + start}")
        for movement, start, end in zip(found, entries, [*entries[1:], len(lines)], strict=True)
    ]
    return Statement(account[:64], tuple(read))


def _raw(lines: list[str]) -> str:
    """The lines of one entry, without the balances that follow the last one."""
    ends = [place for place, line in enumerate(lines) if re.match(r":6[2-5]|-", line)]
    return "\n".join(lines[: ends[0] if ends else None])


def _culprit(lines: list[str], first_line: int, error: Exception) -> str:
    told = str(error.args[-1]) if error.args else ""
    head = told.split("\n")[0]
    for number, line in enumerate(lines):
        if head and line.startswith(":") and head in line:
            return f"Line {first_line + number}, {line[:4].rstrip(':')}:"
    return f"The statement in line {first_line}"


def _check_balances(found: Any, where: str) -> None:
    """A statement that was cut off, or of which an entry was misread, does not add up."""
    opening = found.data.get("final_opening_balance") or found.data.get("intermediate_opening_balance")
    closing = found.data.get("final_closing_balance") or found.data.get("intermediate_closing_balance")
    if not opening or not closing:
        raise BankFileRefusal(f"{where}, :60F: or :62F:: a balance is missing, the file may be cut off. Ask the bank.")
    moved = sum((_signed(movement.data) for movement in found), Decimal(0))
    if opening.amount.amount + moved != closing.amount.amount:
        raise BankFileRefusal(
            f"{where}, :62F:: the entries do not lead from the opening to the closing balance. "
            "The file may be cut off; download it again."
        )


def _signed(data: dict[str, Any]) -> Decimal:
    amount = abs(Decimal(data["amount"].amount))
    return amount if data["status"] in CREDITS else -amount


def _entry(movement: Any, raw: str, where: str) -> Entry:
    data = movement.data
    account, name = _payer(data)
    text = " ".join(_said(data, ("purpose", "additional_purpose", "transaction_details", "extra_details")))
    references = [given for given in _said(data, ("end_to_end_reference", "customer_reference")) if given != "NONREF"]
    return checked(
        Entry(
            booked_on=_plain_day(data.get("guessed_entry_date") or data["date"]),
            value_on=_plain_day(data["date"]),
            amount=_signed(data),
            currency=str(data.get("currency") or data["amount"].currency),
            payer_name=one_line(name, 200),
            payer_account=account,
            reference=one_line(references[0] if references else "", 140),
            text=one_line(text),
            bank_reference=one_line(data.get("bank_reference"), 128),
            raw=raw[:20_000],
            is_return=_is_return(data),
        ),
        where,
    )


def _is_return(data: dict[str, Any]) -> bool:
    by_code = str(data.get("id")) in RETURN_TYPES or str(data.get("transaction_code")) in RETURN_CODES
    return data["status"] in RETURNED or by_code


def _said(data: dict[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    return (str(data[name]) for name in names if data.get(name))


def _plain_day(day: date) -> date:
    return date(day.year, day.month, day.day)  # the library's own kind of date means nothing elsewhere


def _payer(data: dict[str, Any]) -> tuple[str, str]:
    """(account, name). Field 86 of German banks has the account just before the name, and the library joins them."""
    name = str(data.get("applicant_name") or "")
    account = account_key(str(data.get("gvc_applicant_iban") or ""))
    squeezed = re.match(r"[A-Z]{2}\d{2}[A-Z0-9]+", name)
    for length in range(SHORTEST_IBAN, min(len(squeezed[0]) if squeezed else 0, LONGEST_IBAN) + 1):
        if iban.is_valid(name[:length]):
            return name[:length], name[length:]
    return account[:64], name
