"""Making a customer nobody in the tables of this app. In the caller's transaction, which holds the customer's lock.

Invoices and the ledger stay: tax law wants them, and the number leads to the invoice itself, in your accounting.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.contrib.admin.models import LogEntry
from django.db.models import Q

from customers.models import (
    Consent,
    Contact,
    ContactStop,
    Customer,
    Hold,
    ImportIssue,
    ImportRow,
    Invoice,
    SuppressedAddress,
)
from customers.rules.retention import kept_from, kept_until

ERASED = "erased"
ADDRESS = ("street", "street_2", "postal_code", "city", "region", "country")
SEPARATOR = "\x1e"  # of the cells of an imported row


def erase_customer(
    customer: Customer, *, addresses: Collection[str], years: int, today: date, now: datetime
) -> tuple[list[str], list[str]]:
    """Returns what was erased and what was kept and why, in words that name nobody.

    `addresses`: whatever of theirs nobody else has, now or formerly, as `SuppressedAddress` has it.
    """
    contacts = _forget_addresses(customer, addresses)
    _forget_imports(customer)
    Hold.objects.filter(customer=customer).update(reason=ERASED)
    ContactStop.objects.filter(customer=customer).update(source=ERASED, note="")
    Customer.objects.filter(pk=customer.pk).update(
        name=ERASED,
        segment="",
        tags=[],
        since_on=None,
        renews_on=None,
        renewal_of="",
        renewal_amount=None,
        renewal_currency="",
        vulnerable_since=None,
        vulnerable_note="",
        vulnerable_by=None,
        updated_at=now,
    )
    described, kept = _invoices(customer, years, today)
    if consents := Consent.objects.filter(customer=customer).count():
        kept.append(f"{consents} line(s) of what they agreed to and refused: proof of what might be sent")
    gone = ["the name, marks and notes of the account", f"{contacts} contact(s) with all addresses and numbers"]
    return [*gone, *described], kept


def _forget_addresses(customer: Customer, addresses: Collection[str]) -> int:
    """Blank the contacts: letters of the past point at them. A closed address stays closed while others have it."""
    LogEntry.objects.filter(
        content_type__app_label="customers", content_type__model="suppressedaddress", object_repr__in=addresses
    ).update(object_repr=ERASED, change_message="")
    SuppressedAddress.objects.filter(address__in=addresses).delete()
    theirs = Contact.objects.filter(customer=customer)
    return theirs.update(name="", email="", phone="", **dict.fromkeys(ADDRESS, ""))


def _forget_imports(customer: Customer) -> None:
    """Rows of files that are still at hand. Files themselves are thrown away once they are in the books."""
    ImportRow.objects.filter(customer_number=customer.number).delete()
    number = customer.number
    first, last = Q(cells__startswith=f"{number}{SEPARATOR}"), Q(cells__endswith=f"{SEPARATOR}{number}")
    ImportIssue.objects.filter(first | last | Q(cells__contains=f"{SEPARATOR}{number}{SEPARATOR}")).delete()


def _invoices(customer: Customer, years: int, today: date) -> tuple[list[str], list[str]]:
    """What invoices are for is erased as soon as the law lets it."""
    invoices = list(Invoice.objects.filter(customer=customer).only("pk", "due_on", "description"))
    Invoice.objects.filter(customer=customer).exclude(pdf_url="").update(pdf_url="")
    over = [invoice.pk for invoice in invoices if invoice.due_on < kept_from(today, years)]
    Invoice.objects.filter(pk__in=over).exclude(description="").update(description="")
    gone = [f"what {len(over)} invoice(s) were for, older than the law wants them kept"] if over else []
    if len(invoices) == len(over):
        return gone, []
    last = max(kept_until(invoice.due_on, years) for invoice in invoices)
    why = f"{len(invoices) - len(over)} invoice(s) with their ledger: tax law wants them kept, the last until {last}"
    return gone, [why]
