"""Bringing the weekly file of accounts and invoices into the desk, by the same import that every user has."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User

from config.demo.sales import Sale
from customers.models import ImportRun
from customers.operations import imports
from customers.rules.import_layout import Choices

COLUMNS = (
    "customer_number customer_name email language country time_zone segment "
    "invoice_number issued_on due_on currency amount description"
).split()


def take_in(sales: Sequence[Sale], *, by: User, now: datetime) -> None:
    """Import these invoices, with the customers that are new among them."""
    file_name = f"open-items-{now:%Y-%m-%d}.csv"
    run = imports.upload(file_name, [_file(sales)], choices=Choices(decimal="."), by=by, now=now)
    imports.read(run, now=now)
    imports.confirm(run, now=now)
    imports.apply_confirmed(now=now)
    run.refresh_from_db()
    assert (run.state, run.new, run.refused) == (ImportRun.State.DONE, len(sales), 0), (run.state, run.refusal)


def _file(sales: Sequence[Sale]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows(_row(sale) for sale in sales)
    return text.getvalue().encode()


def _row(sale: Sale) -> list[object]:
    firm = sale.firm
    who = [firm.number, firm.name, firm.email, firm.language, firm.country, firm.time_zone, firm.segment]
    return [*who, sale.number, sale.issued_on, sale.due_on, firm.currency, sale.amount, sale.description]
