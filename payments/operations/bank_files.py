"""Taking in a bank's file: all of it or nothing, and each entry once ever, however often and by whomever it comes."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.deadline import NO_DEADLINE, Deadline
from payments.models import BankFile, BankLine
from payments.operations import bank_matching
from payments.rules.bank_entry import Entry, Statement, is_return, keys_of
from payments.rules.bank_file import read_bank_file

CHUNK = 1000
State = BankLine.State


def take_in(
    content: bytes,
    *,
    name: str,
    now: datetime,
    by: User | None,
    account: str = "",
    deadline: Deadline = NO_DEADLINE,
) -> BankFile:
    """Store what of the file is new, then post the sure matches among all that waits.

    `account` is ours, needed for CSV only. What is not matched at the deadline, or because of a kill, waits for the
    worker. Raises BankFileRefusal, and nothing is stored.
    """
    form, statements = read_bank_file(content, account=account)
    bank_file = _store(BankFile(name=name[-255:], format=form, taken_at=now, taken_by=by, entries=0), statements)
    bank_matching.match_waiting(now=now, deadline=deadline)
    return bank_file


@transaction.atomic
def _store(bank_file: BankFile, statements: list[Statement]) -> BankFile:
    rows = [
        (statement.account, key, entry)
        for statement in statements
        for key, entry in zip(keys_of(statement.entries), statement.entries, strict=True)
    ]
    bank_file.entries = len(rows)
    bank_file.save()
    # In one order, so that two files that overlap wait for each other and never for ever.
    lines = sorted((_line(bank_file, *row) for row in rows), key=lambda line: (line.account, line.key))
    BankLine.objects.bulk_create(lines, batch_size=CHUNK, ignore_conflicts=True)
    bank_file.new = BankLine.objects.filter(bank_file=bank_file).count()
    bank_file.save(update_fields=["new"])
    return bank_file


def _line(bank_file: BankFile, account: str, key: str, entry: Entry) -> BankLine:
    return BankLine(
        bank_file=bank_file,
        account=account,
        key=key,
        booked_on=entry.booked_on,
        value_on=entry.value_on,
        amount=entry.amount,
        currency=entry.currency,
        payer_name=entry.payer_name,
        payer_account=entry.payer_account,
        reference=entry.reference,
        text=entry.text,
        bank_reference=entry.bank_reference,
        raw=entry.raw.replace("\x00", ""),
        is_return=is_return(entry),
        state=State.WAITING if entry.amount > 0 or (entry.amount < 0 and is_return(entry)) else State.NOT_FOR_US,
    )
