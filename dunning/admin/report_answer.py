"""Reports: their list, the page of each, the rows as CSV, and the things behind every number. Nothing is changed."""

import csv
import io
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django_q.tasks import async_task

from customers.admin.base import ReadOnlyAdmin
from customers.rules.import_text import escaped
from customers.wording import bare_money
from dunning.admin.report_form import FORMATS, AskForm, MonthForm
from dunning.channels.typesetting import MissingGlyphs, NotReady
from dunning.figures.asking import LISTED, Behind, behind
from dunning.figures.book import CHAPTERS, REPORTS
from dunning.figures.bound import as_pdf, as_xlsx
from dunning.figures.columns import Unit
from dunning.figures.pack import questions
from dunning.figures.question import Question
from dunning.figures.report import Report
from dunning.figures.shown import csv_lines, panels
from dunning.models import ReportAnswer, ReportQuestion
from dunning.operations.report_answers import last_day_over, month_end, usual
from dunning.operations.reports_to_make import ask, at_once, before, usually_takes

FIGURES = "dunning.tasks.figures"
BEHIND_COLUMNS = ("id", "what", "on", "currency", "amount", "customer_number", "customer", "case")


@admin.register(ReportAnswer)
class ReportAnswerAdmin(ReadOnlyAdmin):
    list_display = ("report", "as_of", "made_at")
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("report",)
    fields = ("report", "as_of", "asked", "edition", "made_at")
    empty_says = "Each night the reports are worked out for the day before, and kept."

    def get_urls(self) -> list[URLPattern]:
        name, view = "dunning_reportanswer_", self.admin_site.admin_view
        own = [
            path("reports/", view(self.reports_view), name=f"{name}reports"),
            path("month-end/", view(self.month_end_view), name=f"{name}month_end"),
            path("reports/<slug:key>/", view(self.report_view), name=f"{name}report"),
            path("reports/<slug:key>/rows.csv", view(self.csv_view), name=f"{name}csv"),
            path("reports/<slug:key>/behind/", view(self.behind_view), name=f"{name}behind"),
        ]
        return [*own, *super().get_urls()]

    def reports_view(self, request: HttpRequest) -> HttpResponse:
        """All reports with the question each answers."""
        self._let_in(request)
        return self._page(request, "desk/reports.html", {"title": "Reports", "chapters": CHAPTERS})

    def report_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """One report: figures with their definition, a chart and a table per currency; or how far they are."""
        report, form = self._asked(request, key)
        context: dict[str, Any] = {"title": report.title, "report": report, "form": form}
        if form.is_valid():
            question, now = form.question(), timezone.now()
            rows = at_once(report, question, now=now)
            context |= {"question": question, "query": form.query()}
            context |= self._waits(report, question) if rows is None else {"panels": panels(report, rows)}
        return self._page(request, "desk/report.html", context)

    def _waits(self, report: Report, question: Question) -> dict[str, Any]:
        """The engine works it out: it is asked to begin, and the page says how far it is."""
        now = timezone.now()
        one = ask(report, question, now=now)
        if one.asked_at == now:
            async_task(FIGURES, q_options={"timeout": 540})
        takes = usually_takes(one)
        return {"waits": one, "before": before(one), "takes": round(takes.total_seconds()) if takes else None}

    def csv_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """The rows in plain numbers; while they are worked out, the page that says so."""
        report, form = self._asked(request, key)
        if not form.is_valid():
            raise Http404("The question is not complete.")
        rows = at_once(report, form.question(), now=timezone.now())
        if rows is None:
            return HttpResponseRedirect(f"{reverse('admin:dunning_reportanswer_report', args=[key])}?{form.query()}")
        return _download(f"{key}-{form.question().as_of}.csv", [*csv_lines(report, rows)])

    def behind_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """The things that one number counts, each with its customer and case; `format=csv` downloads them."""
        report, form = self._asked(request, key)
        column = next((one for one in report.columns if one.name == request.GET.get("column")), None)
        unit = (column.unit if column else None) or report.unit
        if not form.is_valid() or unit is None or column is None or not column.only:
            raise Http404("There is nothing behind this.")
        part, currency = request.GET.get("part", ""), request.GET.get("of", "")
        found = behind(unit, form.question(), part=part, currency=currency, only=column.only, each=column.each)
        if request.GET.get("format") == "csv":
            return _download(f"{key}-{column.name}.csv", [BEHIND_COLUMNS, *map(_plain, found)])
        context = {
            "title": f"{report.title}: {column.title}",
            "report": report,
            "noun": unit.noun,
            "part": part,
            "currency": currency,
            "things": [(one, _link(unit, one), _amount(one)) for one in found],
            "is_capped": len(found) == LISTED,
            "query": request.GET.urlencode(),
        }
        return self._page(request, "desk/report_behind.html", context)

    def month_end_view(self, request: HttpRequest) -> HttpResponse:
        """GET offers the months that are over, POST makes the pack of one: the same whenever it is made.

        What its reports need longer for is worked out by the engine; meanwhile the page says how far it is.
        """
        self._let_in(request)
        form = MonthForm(request.POST or request.GET or None, last=last_day_over(timezone.now()))
        context: dict[str, Any] = {"title": "Month end", "form": form}
        if form.is_bound and form.is_valid():
            month = form.cleaned_data["month"]
            context["waits"] = self._pack_waits(month)
            if request.method == "POST" and not context["waits"]:
                try:
                    return self._pack(month, form.cleaned_data["kind"])
                except (NotReady, MissingGlyphs) as trouble:
                    form.add_error("kind", f"{trouble} The spreadsheet can be had meanwhile.")
            context["query"] = urlencode({"month": month, "kind": form.cleaned_data["kind"]})
        return self._page(request, "desk/month_end_ask.html", context)

    def _pack_waits(self, as_of: date) -> list[tuple[Report, ReportQuestion]]:
        """The reports of the pack that are still worked out."""
        now, asked = timezone.now(), [(REPORTS[key], question) for key, question in questions(as_of).items()]
        slow = [(report, question) for report, question in asked if at_once(report, question, now=now) is None]
        return [(report, self._waits(report, question)["waits"]) for report, question in slow]

    def _pack(self, as_of: date, kind: str) -> HttpResponse:
        pack = month_end(as_of, now=timezone.now())
        whole = as_pdf(pack, settings.COMPANY_NAME) if kind == "pdf" else as_xlsx(pack)
        headers = {"Content-Disposition": f'attachment; filename="month-end-{as_of:%Y-%m}.{kind}"'}
        return HttpResponse(whole, content_type=FORMATS[kind], headers=headers)

    def _asked(self, request: HttpRequest, key: str) -> tuple[Report, AskForm]:
        self._let_in(request)
        if key not in REPORTS:
            raise Http404("There is no such report.")
        report = REPORTS[key]
        now = timezone.now()
        return report, AskForm(report, usual(report, last_day_over(now)), request.GET.dict(), today=now.date())

    def _let_in(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        return TemplateResponse(request, template, {**self.admin_site.each_context(request), "opts": None, **context})


def _link(unit: Unit, one: Behind) -> str:
    """The admin page of the thing itself, where it has one."""
    try:
        return reverse(f"admin:{unit.page}_change", args=[one.id])
    except NoReverseMatch:
        return ""


def _amount(one: Behind) -> str:
    return "" if one.amount is None else bare_money(one.amount, one.currency)


def _plain(one: Behind) -> list[str]:
    amount = "" if one.amount is None else f"{one.amount:f}"
    case = "" if one.case_id is None else str(one.case_id)
    label, number, customer = (escaped(text) for text in (one.label, one.customer_number, one.customer))
    return [str(one.id), label, str(one.on), one.currency, amount, number, customer, case]


def _download(name: str, lines: list[Any]) -> HttpResponse:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
