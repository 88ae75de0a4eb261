"""Whether a customer was told, as a law asks for it, what collecting an invoice will cost."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from customers.models import Invoice
from customers.rules.contact import EMAIL, POST
from customers.rules.days import local_day
from dunning.models import Notice
from dunning.rules.formats import locale_of
from dunning.rules.letter.cost_notes import cost_note
from payments.queries.laws import law_book
from payments.rules.claims import LawBook
from payments.rules.cost_letters import Announced, LateDebt, Told, arrived_on, to_announce


def told_of_costs(invoice: Invoice) -> Told | None:
    """The first letter that left, did not come back, and says what the law asks for of this invoice; None: none does.

    The words are made again from what the letter asked for, and looked for in the letter as it was sent.
    """
    sent = Notice.objects.filter(
        customer=invoice.customer_id, state=Notice.State.SENT, lines__contains=[{"invoice_id": str(invoice.pk)}]
    )
    book = law_book()
    for notice in sent.filter(channel__in=[EMAIL, POST]).select_related("customer").order_by("finished_at"):
        written_on, sent_on = _day(notice, notice.calling_at), _day(notice, notice.finished_at)
        announced = _announced(notice, book, written_on) if written_on and sent_on else None
        if announced and sent_on and _says(notice, announced):
            return Told(arrived_on(sent_on, by_post=notice.channel == POST), announced.shares[invoice.pk])
    return None


def _day(notice: Notice, moment: datetime | None) -> date | None:
    return local_day(moment, notice.customer.time_zone) if moment else None


def _announced(notice: Notice, book: LawBook, today: date) -> Announced | None:
    customer = notice.customer
    debts = [_debt(line) for line in notice.lines if "part" not in line]  # as the letter was written: whole debts only
    return to_announce(book, debts, country=customer.country, who=customer.kind, today=today)


def _debt(line: dict[str, Any]) -> LateDebt:
    due_on = date.fromisoformat(line["due_on"])
    return LateDebt(int(line["invoice_id"]), due_on, Decimal(line["balance"]), line["currency"])


def _says(notice: Notice, announced: Announced) -> bool:
    locale = locale_of(notice.language, notice.customer.country)
    return cost_note(announced, notice.language, locale) in notice.body
