"""The file for an agency: who owes what, how to reach them, and what they were sent when. A ZIP of three CSV files.

The same cases at the same moment give the same bytes. No cell of it is run by a spreadsheet.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from customers.models import Contact, Invoice
from customers.rules.import_text import escaped
from dunning.models import Case, Notice
from dunning.rules.words import step_words

CUSTOMERS = ("case", "customer_number", "customer_name", "buys_as", "country", "language", "contact", "email", "phone")
INVOICES = ("case", "customer_number", "invoice_number", "issued_on", "due_on", "currency", "amount", "open", "for")
LETTERS = ("case", "customer_number", "sent_at", "channel", "address", "step", "subject")
SENT_ON_PAPER = (1980, 1, 1, 0, 0, 0)  # the earliest date a ZIP can bear: the file's name and row say when


def agency_file(cases: Sequence[Case], invoice_ids: Sequence[int]) -> bytes:
    """The ZIP about these cases (with their customers) and these open invoices, in three queries."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as files:
        for name, columns, rows in (
            ("customers.csv", CUSTOMERS, _customers(cases)),
            ("invoices.csv", INVOICES, _invoices(cases, invoice_ids)),
            ("letters.csv", LETTERS, _letters(cases)),
        ):
            files.writestr(zipfile.ZipInfo(name, SENT_ON_PAPER), _csv(columns, rows))
    return whole.getvalue()


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([escaped("" if cell is None else str(cell)) for cell in row] for row in rows)
    return "\ufeff" + text.getvalue()  # the mark makes spreadsheets read it as UTF-8


def _customers(cases: Sequence[Case]) -> Iterable[Sequence[Any]]:
    contacts = Contact.objects.filter(customer__in=[case.customer_id for case in cases]).order_by("-is_primary", "pk")
    known = list(contacts)
    for case in cases:
        who = case.customer
        facts = (case.pk, who.number, who.name, who.get_kind_display(), who.country, who.language)
        theirs = [contact for contact in known if contact.customer_id == who.pk]
        yield from ((*facts, c.name, c.email, c.phone) for c in theirs)
        if not theirs:
            yield (*facts, "", "", "")


def _invoices(cases: Sequence[Case], invoice_ids: Sequence[int]) -> Iterable[Sequence[Any]]:
    case_of = {case.customer_id: case for case in cases}
    for bill in Invoice.objects.filter(pk__in=invoice_ids).order_by("customer", "due_on", "pk"):
        case = case_of[bill.customer_id]
        owed = (bill.issued_on, bill.due_on, bill.currency, _plain(bill.amount), _plain(bill.balance))
        yield (case.pk, case.customer.number, bill.number, *owed, bill.description)


def _letters(cases: Sequence[Case]) -> Iterable[Sequence[Any]]:
    number_of = {case.pk: case.customer.number for case in cases}
    sent = Notice.objects.filter(case__in=number_of, state=Notice.State.SENT).select_related("step")
    for letter in sent.order_by("case", "finished_at", "pk"):
        what = step_words(letter.step.kind, letter.step.offset_days, letter.step.tone)
        moment = letter.finished_at.isoformat(timespec="seconds") if letter.finished_at else ""
        yield (letter.case_id, number_of[letter.case_id], moment, letter.channel, letter.address, what, letter.subject)


def _plain(amount: Any) -> str:
    return format(amount.normalize(), "f")
