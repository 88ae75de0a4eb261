"""Reports: their list, the page of each, the rows as CSV, and the things behind every number. Nothing is changed."""

import csv
import io
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone

from customers.admin.base import ReadOnlyAdmin
from customers.rules.import_text import escaped
from customers.wording import bare_money
from dunning.admin.report_form import FORMATS, AskForm, MonthForm
from dunning.channels.typesetting import MissingGlyphs, NotReady
from dunning.figures.asking import LISTED, Behind, behind
from dunning.figures.book import CHAPTERS, REPORTS
from dunning.figures.bound import as_pdf, as_xlsx
from dunning.figures.columns import Unit
from dunning.figures.report import Report
from dunning.figures.shown import csv_lines, panels
from dunning.models import ReportAnswer
from dunning.operations.report_answers import answer, last_day_over, month_end, usual

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
        """One report: figures with their definition, a chart and a table per currency."""
        report, form = self._asked(request, key)
        context: dict[str, Any] = {"title": report.title, "report": report, "form": form}
        if form.is_valid():
            question = form.question()
            context |= {
                "question": question,
                "panels": panels(report, answer(report, question)),
                "query": urlencode({**form.cleaned_data, "basis": question.basis.value}),
            }
        return self._page(request, "desk/report.html", context)

    def csv_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """The rows in plain numbers."""
        report, form = self._asked(request, key)
        if not form.is_valid():
            raise Http404("The question is not complete.")
        rows = answer(report, form.question())
        return _download(f"{key}-{form.question().as_of}.csv", [*csv_lines(report, rows)])

    def behind_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """The things that one number counts, each with its customer and case; `format=csv` downloads them."""
        report, form = self._asked(request, key)
        column = next((one for one in report.columns if one.name == request.GET.get("column")), None)
        if not form.is_valid() or report.unit is None or column is None or not column.only:
            raise Http404("There is nothing behind this.")
        part, currency = request.GET.get("part", ""), request.GET.get("of", "")
        found = behind(report.unit, form.question(), part=part, currency=currency, only=column.only)
        if request.GET.get("format") == "csv":
            return _download(f"{key}-{column.name}.csv", [BEHIND_COLUMNS, *map(_plain, found)])
        context = {
            "title": f"{report.title}: {column.title}",
            "report": report,
            "noun": report.unit.noun,
            "part": part,
            "currency": currency,
            "things": [(one, _link(report.unit, one), _amount(one)) for one in found],
            "is_capped": len(found) == LISTED,
            "query": request.GET.urlencode(),
        }
        return self._page(request, "desk/report_behind.html", context)

    def month_end_view(self, request: HttpRequest) -> HttpResponse:
        """GET offers the months that are over, POST makes the pack of one: the same whenever it is made."""
        self._let_in(request)
        form = MonthForm(request.POST or None, last=last_day_over(timezone.now()))
        if request.method == "POST" and form.is_valid():
            try:
                return self._pack(form.cleaned_data["month"], form.cleaned_data["kind"])
            except (NotReady, MissingGlyphs) as trouble:
                form.add_error("kind", f"{trouble} The spreadsheet can be had meanwhile.")
        return self._page(request, "desk/month_end_ask.html", {"title": "Month end", "form": form})

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
        return report, AskForm(report, usual(report, last_day_over(timezone.now())), request.GET.dict())

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
