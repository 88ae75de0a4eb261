"""The pages of reports: figures with their definition, filters, CSV, and the things behind every number."""

import csv
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from customers.models import Customer
from dunning.admin.report_form import AskForm
from dunning.figures.book import REPORTS
from dunning.figures.shown import csv_lines
from dunning.models import CampaignVersion, EngineState, Feedback, Notice, ReportAnswer, ReportQuestion
from dunning.operations import report_answers
from dunning.operations.report_answers import DayNotOver, kept_answer, last_day_over, month_end, usual
from dunning.operations.reports_to_make import ask, prepare
from dunning.tasks import figures
from tests.campaigns import standard_campaign
from tests.experimenting import variant_of
from tests.figures.drilled import same_behind
from tests.people import owes, paid, reachable
from tests.screens.books import books_with


def url(key: str, page: str = "report") -> str:
    return reverse(f"admin:dunning_reportanswer_{page}", args=[key])


@pytest.fixture
def ada(collector: Client) -> Customer:
    """Two invoices that were late, one of them paid on the twelfth day; one in yen."""
    now = timezone.now()
    standard_campaign(now=now)
    customer = reachable("Ada Lindgren", time_zone="UTC", segment="key account")
    due = now.date() - timedelta(days=20)
    for amount in ("120.00", "80.00"):
        owes(customer, amount, due=str(due), number=f"R-{amount}")
    owes(customer, "5000", "JPY", due=str(due))
    paid(customer.invoices.get(number="R-120.00"), now - timedelta(days=8))
    return customer


def test_every_report_opens_with_its_meaning_and_answers_every_grouping_and_filter(auditor: Client) -> None:
    books_with(1)
    today = timezone.now().date()
    Customer.objects.update(segment="key account", country="DE")
    _follow_a_variant()
    offered: Any = AskForm(REPORTS["steps"], usual(REPORTS["steps"], today), {}, today=today).fields["version"]
    theirs = {"segment": "key account", "country": "DE", "currency": "EUR", "channel": "email", "cause": "not told"}
    [theirs["version"]] = [value for value, words in offered.choices if "variant" in words]
    for key, report in REPORTS.items():
        answer = auditor.get(url(key), {"as_of": today})
        assert answer.status_code == 200
        shown = answer.content.decode()
        assert "What it means" in shown and "In progress" in shown and "Interval" in shown, key
        question = usual(report, today)
        same_behind(key, question)
        for by in report.groups:
            list(csv_lines(report, report.rows(replace(question, by=by))))
        assert report.rows(replace(question, **dict.fromkeys(report.filters, "nonsense"))) == []
        for name in report.filters if report.rows(question) else ():
            assert report.rows(replace(question, **{name: theirs[name]})), (key, name)


def _follow_a_variant() -> None:
    """As if what was written and said had been under a variant of the campaign."""
    variant = variant_of(CampaignVersion.objects.get(), now=timezone.now())
    for step in variant.steps.all():
        Notice.objects.filter(step__position=step.position).update(step=step)
    Feedback.objects.update(step=variant.steps.earliest("position"))


def test_currencies_stand_in_panels_of_their_own_and_a_number_leads_to_what_it_counts(
    collector: Client, ada: Customer
) -> None:
    answer = collector.get(url("recovery"))
    assert [panel.currency for panel in answer.context["panels"]] == ["EUR", "JPY"]
    [line] = answer.context["panels"][0].lines
    recovered = line.cells[1]
    assert (recovered.text, recovered.note) == ("50.0\N{NO-BREAK SPACE}%", "1 of 2; 9–91 %")
    behind = collector.get(url("recovery", "behind"), {"part": line.part, "of": "EUR", "column": recovered.column})
    [(thing, link, amount)] = behind.context["things"]
    assert (thing.label, thing.customer, amount) == ("R-120.00", "Ada Lindgren", "120.00")
    assert link == reverse("admin:customers_invoice_change", args=[ada.invoices.get(number="R-120.00").pk])


def test_filters_and_a_past_date_change_what_is_counted(collector: Client, ada: Customer) -> None:
    as_of = timezone.now().date() - timedelta(days=9)
    [panel] = collector.get(url("ageing"), {"as_of": as_of, "currency": "eur", "basis": "value"}).context["panels"]
    assert [(line.label, line.cells[0].text) for line in panel.lines] == [("1–30 days", "200.00")]
    assert collector.get(url("ageing"), {"segment": "other"}).context["panels"] == []
    refused = collector.get(url("recovery"), {"first": "2026-03-02", "last": "2026-03-01"})
    assert "Choose a day from 2026-03-02 on" in refused.content.decode()
    ahead = collector.get(url("ageing"), {"as_of": timezone.now().date() + timedelta(days=1)})
    assert "Nothing is known of" in ahead.content.decode() and "panels" not in ahead.context


def test_csv_holds_plain_numbers(collector: Client, ada: Customer) -> None:
    lines = list(csv.DictReader(collector.get(url("recovery", "csv")).content.decode().splitlines()))
    [euro] = [line for line in lines if line["currency"] == "EUR"]
    assert (euro["failed"], euro["recovered_part"], euro["recovered_rate"]) == ("2", "1", "0.500000")
    assert (euro["failed_amount"], euro["came_in"]) == ("200.00", "120.00")
    asked = {
        "column": "paid",
        "part": f"{timezone.now().date() - timedelta(days=8):%Y-%m}",
        "of": "EUR",
        "format": "csv",
    }
    [money] = csv.DictReader(collector.get(url("movements", "behind"), asked).content.decode().splitlines())
    assert money["amount"] == "-120.0000"


def test_links_of_numbers_are_whole_questions(collector: Client, ada: Customer) -> None:
    shown = collector.get(url("recovery"), {"segment": "key account"}).content.decode()
    [first, *_] = [part.split('"')[0] for part in shown.split('href="') if "/behind/" in part]
    asked = parse_qs(urlsplit(first.replace("&amp;", "&")).query)
    assert asked["segment"] == ["key account"] and asked["column"] == ["failed"] and asked["of"] == ["EUR"]


def test_unknown_reports_and_columns_are_not_found(collector: Client) -> None:
    assert collector.get(url("nonsense")).status_code == 404
    assert collector.get(url("ageing", "behind"), {"column": "nonsense"}).status_code == 404


def test_a_kept_answer_equals_the_one_that_is_worked_out_and_stays_when_more_happens(ada: Customer) -> None:
    now = timezone.now() + timedelta(days=1)
    day, report = last_day_over(now), REPORTS["recovery"]
    fresh = report.rows(usual(report, day))
    assert prepare(now=now) == len(REPORTS)
    assert prepare(now=now) == 0
    paid(ada.invoices.get(number="R-80.00"), now + timedelta(days=1))
    assert report_answers.answer(report, usual(report, day)) == fresh == report.rows(usual(report, day))
    ReportAnswer.objects.all().delete()  # and it can be worked out anew
    assert kept_answer(report, usual(report, day), now=now) == fresh
    with pytest.raises(DayNotOver, match="choose an earlier day"):
        kept_answer(report, usual(report, now.date()), now=now)


def test_a_question_that_takes_long_is_worked_out_by_the_engine_once_and_the_page_shows_how_far(
    collector: Client, ada: Customer, settings: Settings
) -> None:
    settings.REPORT_PATIENCE_MS = 0
    asked = {"segment": "key account", "by": "country"}
    for _ in range(2):
        page = collector.get(url("recovery"), asked).content.decode()
        assert "About to be worked out" in page and "What it means" in page and 'http-equiv="refresh"' in page
    assert OrmQ.objects.count() == ReportQuestion.objects.count() == 1
    assert collector.get(url("recovery", "csv"), asked)["Location"].startswith(url("recovery"))
    figures()
    [panel, _] = collector.get(url("recovery"), asked).context["panels"]
    assert panel.lines[0].cells[0].text == "2"
    assert collector.get(url("recovery", "csv"), asked).status_code == 200
    # Its segment is part of the question, and the period plays no part in the ageing.
    assert "panels" not in collector.get(url("recovery"), {"segment": "other"}).context
    assert collector.get(url("ageing"), {"first": "2020-01-01", "last": "2020-01-02"}).context["panels"]


def test_one_worker_works_out_reports_at_a_time_and_takes_over_from_one_that_died(ada: Customer) -> None:
    now = timezone.now()
    ask(REPORTS["calls"], usual(REPORTS["calls"], now.date()), now=now)
    EngineState.objects.update_or_create(pk=1, defaults={"reporting_at": now - timedelta(minutes=9)})
    assert prepare(now=now) == 0
    assert prepare(now=now + timedelta(minutes=2)) == len(REPORTS) + 1
    assert EngineState.objects.get().reporting_at is None


def test_what_cannot_be_worked_out_says_so_and_the_others_go_on(collector: Client, ada: Customer) -> None:
    now = timezone.now()
    broken = ask(REPORTS["calls"], replace(usual(REPORTS["calls"], now.date()), by="caller"), now=now)
    ReportQuestion.objects.filter(pk=broken.pk).update(question={"as_of": "nonsense"})
    assert prepare(now=now) == len(REPORTS)
    broken.refresh_from_db()
    assert (broken.state, "KeyError" in broken.trouble or "ValueError" in broken.trouble) == ("stopped", True)


def test_the_packs_answers_do_not_stand_for_the_usual_ones(ada: Customer) -> None:
    now = timezone.now()
    day = last_day_over(now)
    month_end(day, now=now)
    prepare(now=now)
    for report in REPORTS.values():
        assert ReportAnswer.objects.filter(**report_answers.key(report, usual(report, day))).exists()


def test_a_pack_waits_for_reports_that_take_long(collector: Client, ada: Customer, settings: Settings) -> None:
    settings.REPORT_PATIENCE_MS = 0
    month = last_day_over(timezone.now()).replace(day=1) - timedelta(days=1)
    asked = {"month": str(month), "kind": "xlsx"}
    address = reverse("admin:dunning_reportanswer_month_end")
    waiting = collector.post(address, asked).content.decode()
    assert "Some of its reports are worked out first" in waiting and "<dt>Recovery</dt><dd>waiting to begin" in waiting
    prepare(now=timezone.now())
    assert "Everything is ready" in collector.get(address, asked).content.decode()
    assert "month-end" in collector.post(address, asked)["Content-Disposition"]
