"""Reading CAMT.053 (ISO 20022 bank-to-customer statement), every version, told by its namespace.

The parser takes no document type, no entities and nothing from outside the file.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from payments.rules.bank_entry import BankFileRefusal, Entry, Statement, account_key, checked, one_line

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d\d)")
# Sub-families of the external bank transaction codes: unpaid, returned and reversed debits, transfers and cheques.
RETURNS = frozenset("UPDD RRTN PRDD RPCR ARET UPCQ PRCQ".split())
BOOKED = ("BOOK", "")  # what is only pending or for information is not money yet


def read_camt(content: bytes) -> list[Statement]:
    """The statements in a CAMT.053 file, booked entries only. Raises BankFileRefusal."""
    root = _parsed(content)
    found = NAMESPACE.fullmatch(etree.QName(root).namespace or "")
    if not found or etree.QName(root).localname != "Document":
        raise BankFileRefusal("This XML is not a CAMT.053 statement. Ask the bank for camt.053, not 052 or 054.")
    statements = [_statement(element) for element in root.iterfind("{*}BkToCstmrStmt/{*}Stmt")]
    if not statements:
        raise BankFileRefusal("The file holds no statement (Stmt). Download it again from the bank.")
    return statements


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f"Line {line}" if line else "The file"
        raise BankFileRefusal(f"{where}: this is not whole XML. Download the file again from the bank.") from None
    if root.getroottree().docinfo.doctype:
        raise BankFileRefusal("The file declares a document type, which no bank does. It is not read; ask the bank.")
    return root


def _statement(element: Any) -> Statement:
    account = _text(element, "Acct/Id/IBAN") or _text(element, "Acct/Id/Othr/Id")
    if not account:
        raise BankFileRefusal(f"Line {element.sourceline}, Acct/Id: the statement names no account. Ask the bank.")
    currency = _text(element, "Acct/Ccy")
    found = enumerate(element.iterfind("{*}Ntry"), 1)
    entries = [e for place, ntry in found for e in _entries(ntry, currency, f"Entry {place} (line {ntry.sourceline})")]
    return Statement(account_key(account)[:64], tuple(entries))


def _entries(ntry: Any, currency: str, where: str) -> Iterator[Entry]:
    """One Entry for an entry, or one for each payment of a collective entry whose amounts are told and add up."""
    status = _text(ntry, "Sts/Cd") or _text(ntry, "Sts")
    if status not in BOOKED:
        return
    whole = _amount(where, _child(ntry, "Amt"), currency)
    details = ntry.findall("{*}NtryDtls/{*}TxDtls")
    told = [_detail_amount(detail) for detail in details]
    amounts = [_amount(where, amount, currency)[0] for amount in told if amount is not None]
    if len(details) > 1 and len(amounts) == len(details) and sum(amounts) == whole[0]:
        for place, (detail, amount) in enumerate(zip(details, amounts, strict=True), 1):
            yield _entry(where, ntry, detail, amount, whole[1], f"/{place}")
    else:
        yield _entry(where, ntry, details[0] if len(details) == 1 else None, *whole, "")


def _detail_amount(detail: Any) -> Any:
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        if (found := _child(detail, path)) is not None:
            return found
    return None


def _entry(where: str, ntry: Any, detail: Any, amount: Decimal, currency: str, place: str) -> Entry:
    sign = {"CRDT": 1, "DBIT": -1}.get(_text(ntry, "CdtDbtInd"))
    if sign is None:
        raise BankFileRefusal(f"{where}, CdtDbtInd: says neither CRDT nor DBIT. Ask the bank for a whole file.")
    booked_on = _day(where, ntry, "BookgDt") or _day(where, ntry, "ValDt")
    if booked_on is None:
        raise BankFileRefusal(f"{where}, BookgDt: the entry has no booking date. Ask the bank for a whole file.")
    told = detail if detail is not None else ntry
    returned = _is_return(ntry, told)
    name, account = _other_side(told, is_debtor=(sign > 0) != returned)  # a return keeps the roles of what it returns
    bank_reference = _text(ntry, "AcctSvcrRef") or _text(told, "Refs/AcctSvcrRef")
    return checked(
        Entry(
            booked_on=booked_on,
            value_on=_day(where, ntry, "ValDt"),
            amount=sign * amount,
            currency=currency,
            payer_name=one_line(name, 200),
            payer_account=account_key(account)[:64],
            reference=_reference(told),
            text=_remittance(told) or one_line(_text(ntry, "AddtlNtryInf")),
            bank_reference=one_line(bank_reference and bank_reference + place, 128),
            raw=etree.tostring(told if place else ntry, encoding="unicode", with_tail=False)[:20_000],
            is_return=returned,
        ),
        where,
    )


def _is_return(ntry: Any, told: Any) -> bool:
    families = {_text(element, "BkTxCd/Domn/Fmly/SubFmlyCd") for element in (ntry, told)}
    return _text(ntry, "RvslInd") in ("true", "1") or _child(told, "RtrInf") is not None or bool(families & RETURNS)


def _other_side(told: Any, *, is_debtor: bool) -> tuple[str, str]:
    """(name, account) of who is on the other side."""
    role = "Dbtr" if is_debtor else "Cdtr"
    name = _text(told, f"RltdPties/{role}/Pty/Nm") or _text(told, f"RltdPties/{role}/Nm")
    account = _text(told, f"RltdPties/{role}Acct/Id/IBAN") or _text(told, f"RltdPties/{role}Acct/Id/Othr/Id")
    return name, account


def _reference(told: Any) -> str:
    structured = _text(told, "RmtInf/Strd/CdtrRefInf/Ref")
    given = _text(told, "Refs/EndToEndId")
    return one_line(structured or ("" if given == "NOTPROVIDED" else given), 140)


def _remittance(told: Any) -> str:
    """Free text, and the invoice numbers that structured remittance names."""
    paths = ("RmtInf/Ustrd", "RmtInf/Strd/RfrdDocInf/Nb", "RmtInf/Strd/AddtlRmtInf")
    texts = [found.text or "" for path in paths for found in told.iterfind(_anywhere(path))]
    return one_line(" ".join(texts))


def _amount(where: str, element: Any, currency: str) -> tuple[Decimal, str]:
    text = "" if element is None else (element.text or "").strip()
    try:
        return Decimal(text) if re.fullmatch(r"\d{1,14}(\.\d{1,5})?", text) else Decimal("x"), (
            element.get("Ccy") or currency
        )
    except InvalidOperation:
        raise BankFileRefusal(f"{where}, Amt: “{text[:30]}” is no amount. Ask the bank for a whole file.") from None


def _day(where: str, ntry: Any, name: str) -> date | None:
    text = _text(ntry, f"{name}/Dt") or _text(ntry, f"{name}/DtTm")[:10]
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise BankFileRefusal(f"{where}, {name}: “{text[:30]}” is no date. Ask the bank.") from None


def _child(element: Any, path: str) -> Any:
    return element.find(_anywhere(path))


def _text(element: Any, path: str) -> str:
    found = _child(element, path)
    return (found.text or "").strip() if found is not None else ""


def _anywhere(path: str) -> str:
    return "/".join(f"{{*}}{name}" for name in path.split("/"))
