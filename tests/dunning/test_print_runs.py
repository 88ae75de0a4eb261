"""Letters by post: they wait, are looked at once more, and come out of the printer once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import ProgrammingError, connection, transaction
from pypdf import PdfReader
from pytest_django import Settings

from customers.models import Contact, Customer, LedgerEntry
from customers.operations.ledger import Posting, post
from dunning import tasks
from dunning.channels.post import PostChannel
from dunning.models import Notice, PaperLetter, PrintRun, StepRun
from dunning.operations import print_runs
from dunning.operations.deliver import deliver_by_post
from dunning.operations.print_runs import PrintRefusal
from dunning.operations.tick import tick
from dunning.queries.post import letters_waiting
from dunning.rules.words import Tone
from tests.campaigns import standard_campaign
from tests.people import NOW, at_home, owes, reachable
from tests.provider import Provider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paper")]
EVENING = NOW + timedelta(hours=11)


@pytest.fixture(autouse=True)
def campaign(settings: Settings, provider: Provider) -> None:
    settings.DUNNING_CHANNELS = {**settings.DUNNING_CHANNELS, "post": {"class": "dunning.channels.post.PostChannel"}}
    settings.COMPANY_COUNTRY = "GB"
    standard_campaign(now=NOW, steps=[(14, Tone.FIRM)], by_post=(14,))


def waits_for_print(name: str = "Ada Lindgren", **facts: str) -> Customer:
    customer = at_home(name, **facts)
    owes(customer, "124.50")
    tick(now=NOW)
    return customer


def printed(now: object = NOW) -> PrintRun:
    run = print_runs.ask(now=now, by=None)  # type: ignore[arg-type]
    print_runs.carry_out(run, now=now)  # type: ignore[arg-type]
    run.refresh_from_db()
    return run


def words_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(bytes(pdf))).pages]


def pay(customer: Customer) -> None:
    [invoice] = customer.invoices.all()
    post([Posting(invoice.pk, LedgerEntry.Kind.PAID, Decimal("-124.50"), NOW.date(), "test")], now=NOW)


def test_letters_wait_for_a_person_and_come_out_behind_their_cover_list(provider: Provider) -> None:
    waits_for_print()
    waits_for_print("Zoé Martin", street="3 rue Haute", postal_code="75008", city="Paris", country="FR", language="fr")
    assert [(row.name, row.number) for row in letters_waiting(now=NOW)] == [("France", 1), ("United Kingdom", 1)]
    run = printed()
    cover, back, first, first_back, second, second_back = words_of(run.pdf)
    assert (run.state, run.letters, run.pages, back, first_back, second_back) == ("made", 2, 6, "", "", "")
    assert cover.index("3 rue Haute") < cover.index("12 Mill Lane")
    assert "FRANCE" in first
    assert "€124.50" in second
    assert "UNITED KINGDOM" not in second
    assert set(Notice.objects.values_list("state", "channel")) == {("sent", "post")}
    assert (letters_waiting(now=NOW), provider.accepted()) == ([], [])


def test_what_was_paid_while_it_waited_is_not_printed() -> None:
    ada = waits_for_print()
    waits_for_print("Bo Berg")
    pay(ada)
    run = printed(EVENING)
    assert [letter.recipient for letter in run.printed.all()] == ["Bo Berg"]
    assert Notice.objects.get(customer=ada).state == "withdrawn"


def test_two_who_ask_at_once_get_one_run_and_no_letter_twice() -> None:
    waits_for_print()
    run = print_runs.ask(now=NOW, by=None)
    with pytest.raises(PrintRefusal, match="being made already"):
        print_runs.ask(now=NOW, by=None)
    print_runs.carry_out(run, now=NOW)
    print_runs.carry_out(run, now=NOW)
    with pytest.raises(PrintRefusal, match="No letter waits"):
        print_runs.ask(now=NOW, by=None)
    assert PaperLetter.objects.get().place == 1


def test_run_whose_worker_was_stopped_is_gone_on_with_by_the_engine() -> None:
    waits_for_print()
    run = print_runs.ask(now=NOW, by=None)
    tick(now=NOW + timedelta(minutes=1))
    run.refresh_from_db()
    assert run.state == "making"
    tick(now=NOW + timedelta(minutes=10))
    run.refresh_from_db()
    assert (run.state, run.letters) == ("made", 1)


def test_letter_written_before_a_kill_is_printed_with_the_rest_and_once() -> None:
    waits_for_print()
    run = print_runs.ask(now=NOW, by=None)
    deliver_by_post(most=10, now=NOW)
    waits_for_print("Bo Berg")
    print_runs.carry_out(run, now=NOW)
    assert [(letter.recipient, letter.place) for letter in run.printed.order_by("place")] == [
        ("Ada Lindgren", 1),
        ("Bo Berg", 2),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_print_each_letter_once() -> None:
    waits_for_print()
    waits_for_print("Bo Berg")
    begin = threading.Barrier(2)

    def press(_: int) -> str:
        begin.wait(30)
        try:
            print_runs.carry_out(print_runs.ask(now=NOW, by=None), now=NOW)
            return "made"
        except PrintRefusal as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(press, range(2)))
    assert "made" in answers
    assert PaperLetter.objects.filter(run=None).count() == 0
    assert sorted(PaperLetter.objects.values_list("recipient", flat=True)) == ["Ada Lindgren", "Bo Berg"]
    assert sum(PrintRun.objects.values_list("letters", flat=True)) == 2


def test_what_was_printed_stays_as_it_is() -> None:
    waits_for_print()
    run = printed()
    letter = PaperLetter.objects.get()
    for change in ({"run": None, "place": None}, {"pdf": b""}, {"place": 7}):
        with pytest.raises(ProgrammingError, match="stays as it is"), transaction.atomic():
            PaperLetter.objects.filter(pk=letter.pk).update(**change)
    with pytest.raises(ProgrammingError, match="stays as it is"), transaction.atomic():
        letter.delete()
    print_runs.mark_posted(run, now=NOW, by=None)
    with pytest.raises(PrintRefusal):
        print_runs.mark_posted(run, now=NOW, by=None)
    with pytest.raises(ProgrammingError, match="stays as it is"), transaction.atomic():
        PrintRun.objects.filter(pk=run.pk).update(posted_at=EVENING)


def test_letter_goes_to_the_address_of_the_day_it_is_printed() -> None:
    waits_for_print()
    Contact.objects.update(street="1 New Road")
    printed()
    assert PaperLetter.objects.get().address == "Ada Lindgren\n1 New Road\nBath\nBA1 2AB"
    assert Notice.objects.get().address == "1 New Road, BA1 2AB, Bath"


def test_step_by_post_waits_for_an_address_with_its_reason() -> None:
    owes(reachable(), "124.50")
    tick(now=NOW)
    step = StepRun.objects.get(step__channel="post")
    assert (step.outcome, Notice.objects.count()) == ("delayed", 0)
    assert "no post address on file" in step.reason


def test_machine_without_pango_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    waits_for_print()
    monkeypatch.setattr("dunning.operations.print_runs.why_not_ready", lambda: "apt-get install libpango-1.0-0")
    with pytest.raises(PrintRefusal, match="libpango"):
        print_runs.ask(now=NOW, by=None)


def test_notice_in_doubt_is_found_among_the_letters(provider: Provider) -> None:
    waits_for_print()
    printed()
    letter = PaperLetter.objects.get()
    Notice.objects.update(state="in_doubt", provider_reference="")
    tick(now=NOW + timedelta(hours=1))
    notice = Notice.objects.get()
    assert (notice.state, notice.provider_reference) == ("sent", letter.sha256)
    assert PostChannel().look_up("notice-0") is None


def test_worker_makes_a_run_that_is_asked_for_once() -> None:
    run = PrintRun.objects.create(asked_at=NOW, seen_at=NOW)
    tasks.print_letters(run.pk)
    tasks.print_letters(run.pk)
    run.refresh_from_db()
    assert (run.state, run.letters, bytes(run.pdf)) == ("made", 0, b"")
