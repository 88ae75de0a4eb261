"""What people want to see of customers and their debts. Everything here goes by an index at a million rows."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast, JSONArray

from customers.models import Contact, Customer, Hold, ImportRow, ImportRun, Invoice, SuppressedAddress, WriteOffLimit
from customers.models.contact import LAST_DIGITS, PHONE_ENDS_WITH
from customers.rules.ageing import AGE_BUCKETS, FIRST_DAYS, AgeBucket
from customers.rules.contact import CALL, POST, SMS
from customers.rules.import_columns import COLUMNS, REQUIRED
from customers.rules.money import MINOR_UNITS
from customers.rules.phone import dialled, mobile_or_nothing

WRITTEN_AS = {SMS: mobile_or_nothing, CALL: dialled}  # numbers, from how a contact has them
FOUND_AT_MOST = 500  # customers a search goes on with; whoever finds that many types one more letter


@contextmanager
def at_most(time: timedelta) -> Iterator[None]:
    """Each statement in here is given up after `time`: django.db.OperationalError."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{time // timedelta(milliseconds=1)}ms"])
        yield
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


def due_within(bucket: AgeBucket, today: date) -> Q:
    """The due dates that fall into this bucket today."""
    window = Q()
    if bucket.last is not None:
        window &= Q(due_on__gte=today - timedelta(days=bucket.last))
    if bucket.first is not None:
        window &= Q(due_on__lte=today - timedelta(days=bucket.first))
    return window


@dataclass(slots=True)
class Ageing:
    """What is open in one currency, one entry per AGE_BUCKETS."""

    currency: str
    amounts: list[Decimal] = field(default_factory=lambda: [Decimal(0)] * len(AGE_BUCKETS))
    invoices: list[int] = field(default_factory=lambda: [0] * len(AGE_BUCKETS))

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, Decimal(0))

    @property
    def overdue(self) -> Decimal:
        return sum(self.amounts[1:], Decimal(0))


AGES = """
    SELECT currency, width_bucket(%s::date - due_on, %s::int[]), sum(balance), count(*)
    FROM customers_invoice WHERE balance > 0 GROUP BY 1, 2 ORDER BY 1
"""


def ageing(today: date) -> list[Ageing]:
    """Open amounts by currency and days past due, in one query."""
    by_currency: dict[str, Ageing] = {}
    with connection.cursor() as cursor:
        cursor.execute(AGES, [today, [*FIRST_DAYS]])
        for currency, place, amount, invoices in cursor.fetchall():
            row = by_currency.setdefault(currency, Ageing(currency))
            row.amounts[place], row.invoices[place] = amount, invoices
    return list(by_currency.values())


def starts_with(column: str, term: str) -> Q:
    """Rows whose `column` starts with `term` as typed, in capitals or in small letters: each goes by the index."""
    wanted = Q()
    for spelling in sorted({term, term.upper(), term.lower()}):
        wanted |= Q(**{f"{column}__startswith": spelling})
    return wanted


def customers_called(term: str) -> list[int]:
    """Ids of customers found by the start of their number or e-mail address, or by words of their name.

    A union of look-ups by index; an OR across tables would read them whole.
    """
    branches: list[QuerySet[Customer, int] | QuerySet[Contact, int]] = [
        Customer.objects.filter(starts_with("number", term)).values_list("pk", flat=True),
        Contact.objects.filter(email__istartswith=term).values_list("customer_id", flat=True),
    ]
    words = " & ".join(f"{word}:*" for word in re.findall(r"\w+", term))
    if words:
        named = Customer.objects.annotate(words=SearchVector("name", config="simple"))
        wanted = SearchQuery(words, search_type="raw", config="simple")
        branches.append(named.filter(words=wanted).values_list("pk", flat=True))
    first, *others = (branch.order_by()[:FOUND_AT_MOST] for branch in branches)
    return list(first.union(*others))


def holds_in_force(today: date) -> QuerySet[Hold]:
    """Holds that are neither released nor over."""
    return Hold.objects.filter(Q(until_on=None) | Q(until_on__gte=today), released_at=None)


def is_held(today: date) -> Exists:
    """Annotation for invoices: a hold on all of the invoice or on its customer keeps reminders back."""
    on_all_of_it = Q(disputed_amount=None) | Q(disputed_amount__gte=OuterRef("balance"))
    on_it = Q(on_all_of_it, invoice=OuterRef("pk")) | Q(invoice=None)
    return Exists(holds_in_force(today).filter(on_it, customer=OuterRef("customer_id"), blocks_contact=True))


class Owed(NamedTuple):
    """What a customer owes in one currency; currencies are never added together."""

    currency: str
    open: Decimal
    overdue: Decimal


def owed_by(customer_id: int, today: date) -> list[Owed]:
    """What this customer owes, per currency."""
    rows = (
        Invoice.objects.filter(customer=customer_id, balance__gt=0)
        .values("currency")
        .annotate(open=Sum("balance"), overdue=Sum("balance", filter=Q(due_on__lt=today), default=Decimal(0)))
        .order_by("currency")
    )
    return [Owed(row["currency"], row["open"], row["overdue"]) for row in rows]


def open_invoices(customer_id: int, today: date) -> QuerySet[Invoice]:
    """This customer's open invoices, oldest due first; `held` says whether a hold is in force."""
    open_ones = Invoice.objects.filter(customer=customer_id, balance__gt=0)
    return open_ones.annotate(held=is_held(today)).order_by("due_on", "pk")


def owed_per_currency(customer: str, today: date) -> ArraySubquery:
    """Annotation: what the row's customer (the column `customer`) owes, read by owed_in. For the rows shown only."""
    theirs = Invoice.objects.filter(customer=OuterRef(customer), balance__gt=0).order_by("currency").values("currency")
    sums = theirs.annotate(open=Sum("balance"), overdue=Sum("balance", filter=Q(due_on__lt=today), default=Decimal(0)))
    parts = (Cast(column, TextField()) for column in ("currency", "open", "overdue"))
    return ArraySubquery(sums.annotate(owed=JSONArray(*parts)).values("owed"))


def owed_in(found: list[list[str]]) -> list[Owed]:
    """What owed_per_currency found."""
    return [Owed(currency, Decimal(open_), Decimal(overdue)) for currency, open_, overdue in found]


SEGMENTS = """
    WITH RECURSIVE found AS (
      (SELECT segment FROM customers_customer ORDER BY segment LIMIT 1)
      UNION ALL
      SELECT (SELECT segment FROM customers_customer WHERE segment > found.segment ORDER BY segment LIMIT 1)
      FROM found WHERE found.segment IS NOT NULL
    )
    SELECT segment FROM found WHERE segment <> '' LIMIT 200
"""


def segments() -> list[str]:
    """The segments in use: one hop through the index per segment, however many customers there are."""
    with connection.cursor() as cursor:
        cursor.execute(SEGMENTS)
        return [segment for (segment,) in cursor.fetchall()]


class ImportSample(NamedTuple):
    """The first rows of a file, as they were read."""

    columns: list[str]
    rows: list[list[Any]]


def import_sample(run: ImportRun) -> ImportSample:
    """The first five rows that can be taken, with the columns the file speaks of: what every row needs comes first."""
    layout = run.layout
    required_first = sorted(COLUMNS, key=lambda column: column not in REQUIRED)
    columns = [c for c in required_first if layout and (c in layout.places or c in layout.constants)]
    staged = ImportRow.objects.filter(run_id=run.pk, state=ImportRow.State.GOOD).order_by("row_number")
    return ImportSample(columns, [list(row) for row in staged.values_list(*columns)[:5]])


class LedgerFault(NamedTuple):
    """An invoice whose columns say something else than its ledger, or what its currency cannot say."""

    number: str
    currency: str
    amount: Decimal
    invoiced: Decimal
    balance: Decimal
    ledger: Decimal


def ledger_faults() -> list[LedgerFault]:
    """Invoices whose balance or amount differs from the ledger, or has more decimals than the currency knows."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH book AS (
              SELECT invoice_id, sum(amount) AS ledger, coalesce(sum(amount) FILTER (WHERE kind = 'invoiced'), 0)
                AS invoiced, max(scale(trim_scale(amount))) AS decimals
              FROM customers_ledgerentry GROUP BY invoice_id
            )
            SELECT i.number, i.currency, i.amount, coalesce(invoiced, 0), i.balance, coalesce(ledger, 0)
            FROM customers_invoice i
            LEFT JOIN book ON book.invoice_id = i.id
            LEFT JOIN unnest(%s::text[], %s::int[]) AS units (currency, digits) ON units.currency = i.currency
            WHERE i.balance IS DISTINCT FROM coalesce(ledger, 0) OR i.amount IS DISTINCT FROM coalesce(invoiced, 0)
              OR greatest(scale(trim_scale(i.amount)), decimals) > coalesce(units.digits, -1)
            ORDER BY i.number
            """,
            [list(MINOR_UNITS), list(MINOR_UNITS.values())],
        )
        return [LedgerFault(*row) for row in cursor.fetchall()]


def imports_to_mend(now: datetime) -> QuerySet[ImportRun]:
    """Imports of the last seven days that refused rows."""
    return ImportRun.objects.filter(refused__gt=0, finished_at__gte=now - timedelta(days=7))


def write_off_limit(currency: str, *, on: date) -> Decimal:
    """How much of this currency one manager may give up alone on that day; 0 without a row."""
    rows = WriteOffLimit.objects.filter(currency=currency, valid_from__lte=on).order_by("-valid_from")
    return rows.values_list("at_most", flat=True).first() or Decimal(0)


def contacts_at(channel: str, address: str) -> QuerySet[Contact]:
    """Contacts with this address: e-mail in capitals or small letters, a number (+49…) however it is written."""
    if channel == POST:
        return Contact.objects.filter(postal_address__iexact=address)
    if channel not in WRITTEN_AS:
        return Contact.objects.filter(email__iexact=address)
    written_as = WRITTEN_AS[channel]
    alike = Contact.objects.annotate(phone_end=PHONE_ENDS_WITH).exclude(phone="")
    theirs = alike.filter(phone_end=address[-LAST_DIGITS:]).values_list("pk", "phone", "customer__country")
    return Contact.objects.filter(pk__in=[pk for pk, phone, country in theirs if written_as(phone, country) == address])


def gone_among(addresses: Iterable[str]) -> set[tuple[str, str]]:
    """Where nothing may go any more, as (channel, address): e-mail in small letters, numbers as +49….

    `addresses`: in that form, of whatever channel. One query.
    """
    gone = SuppressedAddress.objects.filter(address__in=set(addresses), released_at=None)
    return set(gone.values_list("channel", "address"))
