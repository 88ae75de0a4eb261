"""Bank files: three formats, the same facts; a bad file is refused whole; each entry is stored once ever."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from customers.models import Customer
from payments.models import BankFile, BankLine, Payment
from payments.operations.bank_files import take_in
from payments.operations.payments import record
from payments.rules.bank_entry import LARGEST_FILE, BankFileRefusal
from payments.rules.bank_file import read_bank_file
from tests.bank import IBAN, PAYER, Credit, bank_csv, camt, collective, mt940
from tests.people import owes, person

pytestmark = pytest.mark.django_db

PAID, FEE = Credit("120.00", "Rechnung R-2026-0001 danke", "BK100001"), Credit("-5.50", "Fee", "BK100002")
Maker = Callable[..., bytes]


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren")
    owes(ada, "120.00", number="R-2026-0001")
    return ada


def taken(content: bytes, now: datetime) -> BankFile:
    return take_in(content, name="statement", account=IBAN, now=now, by=None)


@pytest.mark.parametrize("maker", [camt, mt940, bank_csv])
def test_credit_is_read_matched_and_posted_and_debit_is_kept(maker: Maker, ada: Customer, now: datetime) -> None:
    file = taken(maker(PAID, FEE), now)
    assert (file.entries, file.new) == (2, 2)
    line, fee = BankLine.objects.order_by("-amount")
    assert (line.booked_on, line.amount, line.currency) == (date(2026, 3, 2), Decimal("120.00"), "EUR")
    assert (line.account, line.payer_account, line.payer_name) == (IBAN, PAYER, "Ada Lindgren")
    assert (line.text, line.bank_reference) == ("Rechnung R-2026-0001 danke", "BK100001")
    assert "120" in line.raw
    assert (line.state, line.customer, line.settled_by) == ("posted", ada, None)
    assert (fee.state, fee.amount) == ("not_for_us", Decimal("-5.50"))
    assert (line.payment.source, line.payment.provider, line.payment.reference) == ("bank", IBAN, line.key)
    assert ada.invoices.get().balance == 0


@pytest.mark.parametrize("version", ["02", "04", "06", "08", "11"])
def test_every_version_of_camt_is_read(version: str) -> None:
    kind, [statement] = read_bank_file(camt(PAID, version=version))
    assert (kind, statement.account, statement.entries[0].payer_name) == ("camt053", IBAN, "Ada Lindgren")


def test_collective_entry_is_one_line_for_each_payment(now: datetime) -> None:
    parts = Credit("100.00", "R-1"), Credit("20.00", "R-2", name="Grace Okafor")
    taken(collective(*parts, total="120.00"), now)
    assert sorted(BankLine.objects.values_list("amount", "payer_name", "text")) == [
        (Decimal(20), "Grace Okafor", "R-2"),
        (Decimal(100), "Ada Lindgren", "R-1"),
    ]


def test_collective_entry_that_does_not_add_up_stays_one_line(now: datetime) -> None:
    taken(collective(Credit("100.00"), Credit("10.00"), total="120.00"), now)
    assert BankLine.objects.get().amount == 120


def test_pending_entry_is_no_money_yet(now: datetime) -> None:
    assert taken(camt(Credit("5.00", sts="<Sts>PDNG</Sts>")), now).entries == 0


def stored() -> list[dict[str, object]]:
    """All that is known of the lines, but for how often what waits was looked at."""
    looks = ("looks", "looked_at", "look_at")
    return [{n: v for n, v in row.items() if n not in looks} for row in BankLine.objects.order_by("pk").values()]


@pytest.mark.parametrize("maker", [camt, mt940, bank_csv])
@pytest.mark.parametrize("ref", ["BK100001", ""])
def test_same_file_twice_changes_nothing(maker: Maker, ref: str, ada: Customer, now: datetime) -> None:
    content = maker(Credit("120.00", "Rechnung R-2026-0001", ref), Credit("7.00", "Tip", ref and "BK2"))
    taken(content, now)
    before = stored()
    assert taken(content, now).new == 0
    assert stored() == before
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("maker", [camt, mt940, bank_csv])
def test_overlapping_statements_store_each_entry_once(maker: Maker, now: datetime) -> None:
    first, second, third = (Credit(f"{n}.00", f"number {n}", f"BK10000{n}" if n > 1 else "") for n in (1, 2, 3))
    taken(maker(first, second), now)
    assert taken(maker(second, third), now).new == 1
    assert taken(maker(first, second, third), now).new == 0
    assert sorted(BankLine.objects.values_list("amount", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize("maker", [camt, mt940, bank_csv])
@pytest.mark.parametrize("ref", ["BK100001", ""])
def test_equal_entries_of_one_statement_are_each_money(maker: Maker, ref: str, now: datetime) -> None:
    twin = Credit("49.00", "Abo", ref)
    taken(maker(twin), now)
    assert taken(maker(twin, twin), now).new == 1
    assert BankLine.objects.count() == 2


def test_bank_reference_counts_across_formats(now: datetime) -> None:
    taken(camt(PAID), now)
    assert taken(mt940(PAID), now).new == 0


def test_entries_with_references_of_their_own_are_each_money_however_alike(now: datetime) -> None:
    taken(camt(PAID), now)
    assert taken(camt(replace(PAID, ref="BK100009")), now).new == 1


def test_entry_with_the_bank_s_reference_is_the_same_under_other_words(now: datetime) -> None:
    taken(camt(PAID), now)
    assert taken(bank_csv(replace(PAID, text="RECHNUNG", name="A LINDGREN")), now).new == 0


def test_money_recorded_by_hand_under_the_bank_s_reference_counts_once(ada: Customer, now: datetime) -> None:
    source = Payment.Source.DESK
    record(
        ada, amount=Decimal(120), currency="EUR", received_on=now.date(), source=source, reference="BK100001", now=now
    )
    owes(ada, "120.00", number="R-2026-0002")
    taken(camt(Credit("120.00", "R-2026-0002", "BK100001")), now)
    assert BankLine.objects.get().payment == Payment.objects.get()


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>&b;</BkToCstmrStmt></Document>"""
OUTSIDE = BILLION_LAUGHS.replace(b'<!ENTITY a "aaaaaaaaaa">', b'<!ENTITY a SYSTEM "file:///etc/passwd">')


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"%PDF-1.7\x00\x01\x02" + bytes(range(32)) * 20, "not a text file"),
        (b"<html><body>", "Line 1.*not whole XML"),
        (b"<html/>", "not a CAMT.053"),
        (camt(PAID).replace(b"camt.053", b"camt.052"), "not a CAMT.053"),
        (camt(PAID)[:-40], "not whole XML"),
        (BILLION_LAUGHS, "document type"),
        (OUTSIDE, "document type"),
        (camt(PAID, Credit("x")), r"Entry 2 \(line 5\), Amt: “x” is no amount"),
        (camt(PAID, Credit("1e9")), "Entry 2.*Amt"),
        (camt(PAID, Credit("1.005")), "Entry 2.*amount.*decimals"),
        (camt(PAID, Credit("1", currency="XYZ")), "Entry 2.*currency: “XYZ”"),
        (camt(PAID, Credit("1", day="2026-02-30")), "Entry 2.*BookgDt"),
        (camt(PAID).replace(b"CRDT", b"X"), "Entry 1.*CdtDbtInd"),
        (camt(PAID, account=""), "Acct/Id"),
        (mt940(PAID).replace(b":62F:C260302EUR1120,00", b""), "balance is missing"),
        (mt940(PAID).replace(b"C120,00N", b"C130,00N"), "closing balance"),
        (mt940(PAID).replace(b"2603020302C120", b"XX03020302C120"), "Line 5, :61:"),
        (mt940(PAID).replace(f":25:{IBAN}".encode(), b":25:"), ":25:"),
        (b"a;b\n1;2\n", "no column for booked_on, amount, currency"),
        (b"date,booked,amount,currency\n", "second column for booked_on"),
        (bank_csv(PAID, Credit("12x.00")), "Line 3, amount: “12x,00” is not an amount"),
        (bank_csv(PAID, Credit("1.00", day="2026-02-30")), "Line 3, booked_on: “30.02.2026” is a date that does not"),
        (bank_csv(PAID, Credit("1.00", currency="EURO")), "Line 3, currency"),
        (b"date,amount,currency\n03/04/2026,5.00,EUR\n", "Line 2, booked_on.*two ways"),
        (b'date,amount,currency\n2026-03-02,"1,234",EUR\n', "Line 2, amount.*two ways"),
        (b'date,amount,currency\n2026-03-02,"1.50,EUR\n', "quotation marks"),
    ],
)
def test_bad_file_is_refused_whole_naming_place_and_remedy(content: bytes, says: str, now: datetime) -> None:
    with pytest.raises(BankFileRefusal) as refusal:
        taken(content, now)
    assert re.search(says, str(refusal.value)), refusal.value
    assert not BankFile.objects.exists() and not BankLine.objects.exists()


def test_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(BankFileRefusal, match="larger than 20 MB"):
        read_bank_file(b"x" * (LARGEST_FILE + 1))


def test_csv_needs_our_account() -> None:
    with pytest.raises(BankFileRefusal, match="Give the account"):
        read_bank_file(bank_csv(PAID))


@pytest.mark.parametrize("maker", [camt, mt940, bank_csv])
def test_any_piece_of_a_file_is_read_or_refused(maker: Maker) -> None:
    content = maker(PAID, FEE)
    for end in range(0, len(content), 7):
        try:
            read_bank_file(content[:end], account=IBAN)
        except BankFileRefusal as refusal:
            assert str(refusal)


def test_command_takes_a_file_in_and_says_what_came_of_it(
    ada: Customer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "statement.csv"
    path.write_bytes(bank_csv(PAID, FEE))
    call_command("import_bank_statement", path, account=IBAN)
    assert capsys.readouterr().out == "entries=2 new=2 waiting=0 posted=1 set_aside=0 not_for_us=1\n"


def test_command_refuses_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], db: None) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("import_bank_statement", tmp_path / "missing.xml")
    assert end.value.code == 2
    assert "cannot be opened" in capsys.readouterr().err
