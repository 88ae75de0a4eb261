"""Bank files as banks write them, made in code."""

from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

IBAN, PAYER = "DE89370400440532013000", "SE4550000000058398257466"


@dataclass(frozen=True)
class Credit:
    """One entry; a negative amount is a debit. `ref`: the bank's reference, empty for none.

    `is_return`: marked by the bank as taking back, or giving back, an earlier entry.
    """

    amount: str
    text: str = ""
    ref: str = ""
    name: str = "Ada Lindgren"
    account: str = PAYER
    day: str = "2026-03-02"
    currency: str = "EUR"
    sts: str = "<Sts>BOOK</Sts>"
    is_return: bool = False


def camt(*entries: Credit, version: str = "02", account: str = IBAN) -> bytes:
    body = "".join(_ntry(entry, new=int(version) >= 8) for entry in entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>M1</MsgId></GrpHdr>\n"
        f"<Stmt><Id>S1</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n{body}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _ntry(entry: Credit, *, new: bool) -> str:
    party = f"<Nm>{escape(entry.name)}</Nm>"
    is_credit = not entry.amount.startswith("-")
    side = "Dbtr" if is_credit != entry.is_return else "Cdtr"
    sts = "<Sts><Cd>BOOK</Cd></Sts>" if new and entry.sts == "<Sts>BOOK</Sts>" else entry.sts
    return (
        f'<Ntry><Amt Ccy="{entry.currency}">{entry.amount.lstrip("-")}</Amt>'
        f"<CdtDbtInd>{'CRDT' if is_credit else 'DBIT'}</CdtDbtInd>"
        f"{'<RvslInd>true</RvslInd>' if entry.is_return else ''}{sts}"
        f"<BookgDt><Dt>{entry.day}</Dt></BookgDt><ValDt><Dt>{entry.day}</Dt></ValDt>"
        + (f"<AcctSvcrRef>{entry.ref}</AcctSvcrRef>" if entry.ref else "")
        + "<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
        f"<RltdPties><{side}>{f'<Pty>{party}</Pty>' if new else party}</{side}>"
        f"<{side}Acct><Id><IBAN>{entry.account}</IBAN></Id></{side}Acct></RltdPties>"
        f"<RmtInf><Ustrd>{escape(entry.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )


def collective(*parts: Credit, total: str) -> bytes:
    """One entry of CAMT.053 for several payments, as banks book batches."""
    details = "".join(
        f"<TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>{part.amount}</Amt></TxAmt></AmtDtls>"
        f"<RltdPties><Dbtr><Nm>{part.name}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{part.text}</Ustrd></RmtInf></TxDtls>"
        for part in parts
    )
    whole = camt(Credit(total, ref="BATCH1")).decode()
    start, end = whole.index("<TxDtls>"), whole.index("</TxDtls>") + len("</TxDtls>")
    return (whole[:start] + details + whole[end:]).encode()


def mt940(*entries: Credit, opening: str = "1000,00") -> bytes:
    closing = Decimal(opening.replace(",", ".")) + sum(Decimal(entry.amount) for entry in entries)
    lines = [":20:STARTUMS", f":25:{IBAN}", ":28C:00001/001", f":60F:C260301EUR{opening}"]
    for entry in entries:
        sign, amount = "D" if entry.amount.startswith("-") else "C", entry.amount.lstrip("-").replace(".", ",")
        if entry.is_return:
            sign = {"C": "RD", "D": "RC"}[sign]
        day = entry.day.replace("-", "")
        reference = f"//{entry.ref}" if entry.ref else ""
        lines += [
            f":61:{day[2:]}{day[4:]}{sign}{amount}NTRFNONREF{reference}",
            f":86:166?00GUTSCHRIFT?20SVWZ+{entry.text[:20]}?21{entry.text[20:45]}?30DEUTDEFF?31{entry.account}?32{entry.name}",
        ]
    return "\r\n".join([*lines, f":62F:C260302EUR{closing:.2f}".replace(".", ","), "-", ""]).encode()


def bank_csv(*entries: Credit) -> bytes:
    rows = [
        f"{entry.day[8:]}.{entry.day[5:7]}.{entry.day[:4]};{entry.amount.replace('.', ',')};{entry.currency};"
        f'"{entry.name}";{entry.account};"{entry.text}";{entry.ref}'
        for entry in entries
    ]
    header = (
        "Buchungstag;Betrag;Währung;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;Verwendungszweck;Bankreferenz"
    )
    return "\r\n".join([header, *rows, ""]).encode("cp1252")
