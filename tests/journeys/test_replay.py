"""A file with a past, lived through day by day: nobody who has paid is written to, and every case closes."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from config.replay import ReplayRefusal, Told, replay
from customers.rules.import_layout import Choices
from dunning.models import Notice

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 1, 5), date(2026, 3, 31)
HEADERS = (
    "customer_number customer_name country currency invoice_number issued_on due_on amount paid_amount paid_on".split()
)


@pytest.fixture(autouse=True)
def into_memory(settings: Settings) -> None:
    settings.DUNNING_CHANNELS = {"email": {"class": "dunning.channels.memory.MemoryChannel"}}


def told(tmp_path: Path, *invoices: list[object], since: date = FIRST, until: date = LAST) -> Told:
    """The sum of a replay of these rows."""
    path = tmp_path / "past.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(invoices)
    *_, told = replay(path, Choices(), since=since, until=until)
    assert isinstance(told, Told)
    return told


def invoice(number: str, due_on: date, paid_on: date | None, *, customer: str = "C1", part: str = "") -> list[object]:
    return [customer, "Ada Lindgren", "DE", "EUR", number, due_on - timedelta(days=14), due_on, "100.00", part, paid_on]


def test_one_late_payer_gets_the_letters_of_the_days_before_the_money_came(tmp_path: Path) -> None:
    due_on = date(2026, 2, 5)
    result = told(
        tmp_path, invoice("R1", due_on, due_on + timedelta(days=8)), since=date(2026, 2, 1), until=date(2026, 2, 20)
    )
    assert result.is_clean
    days = [(n.step.offset_days, n.calling_at and (n.calling_at.date() - due_on).days) for n in letters("reminder")]
    assert days == [(-3, -3), (1, 1), (7, 7)]
    assert [n.calling_at and (n.calling_at.date() - due_on).days for n in letters("thanks")] == [8]


def test_early_payer_hears_nothing(tmp_path: Path) -> None:
    row = invoice("R1", date(2026, 2, 3), date(2026, 1, 28))
    result = told(tmp_path, row, since=date(2026, 1, 20), until=date(2026, 2, 6))
    assert (result.cases, sum(result.letters.values()), result.paid) == (0, 0, 1)


def test_a_hundred_pasts_write_to_nobody_who_has_paid(tmp_path: Path) -> None:
    chance = random.Random(7)
    rows = []
    for number in range(100):
        due_on = FIRST + timedelta(days=chance.randint(0, 50))
        paid_on = due_on + timedelta(days=chance.randint(-10, 34))
        rows.append(invoice(f"R{number}", due_on, paid_on, customer=f"C{chance.randint(1, 30)}"))
    result = told(tmp_path, *rows)
    assert (result.invoices, result.paid) == (100, 100)
    assert result.cases > 20
    assert sum(result.letters.values()) > 50
    assert (result.written_after_payment, result.written_twice, result.open_cases, result.unbalanced) == (0, 0, 0, 0)


def test_who_never_pays_is_told_as_open(tmp_path: Path) -> None:
    result = told(tmp_path, invoice("R1", date(2026, 2, 3), None), since=date(2026, 1, 30), until=date(2026, 3, 7))
    assert not result.is_clean
    assert (result.open_cases, sum(result.letters.values())) == (1, 5)


def test_a_file_with_a_refused_row_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(ReplayRefusal, match="1 row is refused"):
        told(tmp_path, ["C1", "Ada Lindgren", "DE", "XXX", "R1", "2026-01-20", "2026-02-03", "1", "", ""])


def letters(kind: str) -> list[Notice]:
    sent = Notice.objects.filter(state=Notice.State.SENT, step__kind=kind)
    return list(sent.select_related("step").order_by("pk"))
