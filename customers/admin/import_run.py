"""Bringing in accounts: upload, preview, confirm, progress, result. Every change of state is a POST."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST
from import_export.admin import ImportMixin
from import_export.formats.base_formats import CSV, XLSX

from customers.admin.base import ReadOnlyAdmin, badge
from customers.admin.buttons import person
from customers.admin.filters import choice_filter, condition_filter
from customers.admin.import_forms import ReadingForm, UploadForm
from customers.models import ImportIssue, ImportRun
from customers.operations import imports
from customers.operations.import_refused import refused_lines
from customers.queries import ImportSample, import_sample, imports_to_mend
from customers.rules.import_columns import COLUMNS
from customers.rules.import_encoding import DELIMITERS, ENCODINGS, FileRefusal
from customers.rules.import_layout import Choices

State = ImportRun.State

ISSUES_SHOWN = 50
COLOURS: dict[str, str | None] = {State.DONE: "success", State.REFUSED: "danger", State.ASKING: "warning"}
UNDER_WAY = (State.UPLOADED, State.CONFIRMED, State.APPLYING)
IN_DOUBT = "in doubt"
DECIMALS = {".": "after a point", ",": "after a comma"}
EXAMPLE = (
    "C-1001,Lindqvist Bakery AB,anna@example.com,+46 8 123456,Korngatan 4,,111 22,Stockholm,,en,SE,Europe/Stockholm,"
    "retail,business,vip,offers,2020-03-15,2026-12-01,Website care,240.00,SEK,"
    "2026-0001,2026-01-15,2026-02-14,SEK,1250.50,250.50,2026-02-01,Flour in January,"
    "https://example.com/invoices/2026-0001.pdf"
)


RefusedRowsFilter = condition_filter(
    "mend",
    "refused rows",
    {"yes": ("some, in the last 7 days", lambda: Q(pk__in=imports_to_mend(timezone.now()).values("pk")))},
)


@admin.register(ImportRun)
class ImportRunAdmin(ImportMixin, ReadOnlyAdmin):  # type: ignore[misc]
    empty_says = "Press Import and choose a CSV or Excel file. You see a preview before anything is stored."
    list_display = ("file_name", "stands", "rows", "new", "changed", "unchanged", "refused", "conflicts", "uploaded_at")
    list_filter = (choice_filter("state", "state", State.choices), RefusedRowsFilter)
    search_fields = ("file_name",)
    ordering = ("-pk",)
    sortable_by = ()
    import_formats = (CSV, XLSX)
    import_form_class = UploadForm
    import_template_name = "desk/import_upload.html"

    @badge("State", COLOURS)
    def stands(self, run: ImportRun) -> tuple[str, str]:
        return run.state, run.get_state_display()

    def has_import_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("customers.add_importrun")

    def get_urls(self) -> list[URLPattern]:
        name = "customers_importrun_"
        view = self.admin_site.admin_view
        own = [
            path("import/", view(self.import_action), name=f"{name}import"),
            path("template.csv", view(self.template_view), name=f"{name}template"),
            path("<int:pk>/read/", view(require_POST(self.read_view)), name=f"{name}read"),
            path("<int:pk>/confirm/", view(require_POST(self.confirm_view)), name=f"{name}confirm"),
            path("<int:pk>/discard/", view(require_POST(self.discard_view)), name=f"{name}discard"),
            path("<int:pk>/<str:kind>.csv", view(self.issues_view), name=f"{name}issues"),
        ]
        # Past the library's own views: they would keep the upload on this host and write row by row.
        return [*own, *super(ImportMixin, self).get_urls()]

    def import_action(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """GET shows the form, POST keeps the file and goes on to its page."""
        self._refuse_unless_importer(request)
        form = self.create_import_form(request)
        if request.method == "POST" and form.is_valid():
            try:
                run = self._upload(request, form.cleaned_data["import_file"])
                return _to(run)
            except FileRefusal as refusal:
                form.add_error("import_file", str(refusal))
        context = {"form": form, "title": "Import accounts", "opts": self.opts, "columns": COLUMNS}
        return self._page(request, self.import_template_name, context)

    def _upload(self, request: HttpRequest, file: Any) -> ImportRun:
        now = timezone.now()
        run = imports.upload(
            file.name, file.chunks(imports.PIECE), choices=Choices(), by=person(request), now=now
        )  # fmt: skip
        self.log_addition(request, run, "uploaded")
        if run.size <= imports.SMALL_FILE:
            imports.read(run, now=now)
        return run

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        if run is None:
            return cast(HttpResponse, self._get_obj_does_not_exist_redirect(request, self.opts, object_id))
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        return self._run_page(request, run, ReadingForm(run=run))

    def read_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Read the file as the form says."""
        self._refuse_unless_importer(request)
        run = get_object_or_404(ImportRun, pk=pk)
        form = ReadingForm(request.POST, run=run)
        if not form.is_valid():
            return self._run_page(request, run, form)
        imports.choose(run, form.choices(), now=timezone.now())
        return _to(run)

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the rows into the books: small files at once, larger ones by the worker."""
        self._refuse_unless_importer(request)
        run, now = get_object_or_404(ImportRun, pk=pk), timezone.now()
        if imports.confirm(run, now=now):
            self.log_change(request, run, "confirmed")
            imports.apply_now(run, now=now)
        else:
            messages.info(request, "Nothing was changed: this import was confirmed or discarded before.")
        return _to(run)

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Forget the file."""
        self._refuse_unless_importer(request)
        run = get_object_or_404(ImportRun, pk=pk)
        if imports.discard(run):
            self.log_change(request, run, "discarded")
            messages.success(request, f"{run.file_name} is discarded; nothing of it was taken.")
        else:
            messages.info(request, "Nothing was changed: this import is already going in or has ended.")
        return HttpResponseRedirect(reverse("admin:customers_importrun_changelist"))

    def issues_view(self, request: HttpRequest, pk: int, kind: str) -> StreamingHttpResponse:
        """The rows that were refused, or are in conflict, to mend and upload again."""
        run = get_object_or_404(ImportRun, pk=pk)
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        return _download(f"import-{run.pk}-{kind}.csv", refused_lines(run, kind))

    def template_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """An empty table with the columns we know, and one example."""
        self._refuse_unless_importer(request)
        return _download("accounts.csv", iter([f"{','.join(COLUMNS)}\r\n", f"{EXAMPLE}\r\n"]))

    def _run_page(self, request: HttpRequest, run: ImportRun, form: ReadingForm) -> HttpResponse:
        issues = [(kind, kind.label, run.issues.filter(kind=kind).order_by("row_number")[:ISSUES_SHOWN])
                  for kind in ImportIssue.Kind]  # fmt: skip
        context = {
            "run": run,
            "title": run.file_name,
            "original": run,
            "opts": self.opts,
            "form": form,
            "found": _found(run),
            "sample": _sample(run) if run.state == State.READ else None,
            "issues": [(kind, words, shown) for kind, words, shown in issues if shown],
            "issues_shown": ISSUES_SHOWN,
            "may_import": self.has_import_permission(request),
            "is_under_way": run.state in UNDER_WAY,
            "small_import": imports.SMALL_IMPORT,
        }
        return self._page(request, "desk/import_run.html", context)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        return TemplateResponse(request, template, {**self.admin_site.each_context(request), **context})

    def _refuse_unless_importer(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied


def _to(run: ImportRun) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:customers_importrun_change", args=[run.pk]))


def _download(name: str, lines: Iterator[str]) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _sample(run: ImportRun) -> ImportSample:
    columns, rows = import_sample(run)
    return ImportSample(columns, [[_shown(value) for value in row] for row in rows])


def _shown(value: date | Decimal | str | None) -> str:
    """The value so that nobody can mistake it: 3 April 2026, 1200.5."""
    if isinstance(value, date):
        return date_format(value, "j F Y")
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value or ""


def _found(run: ImportRun) -> list[tuple[str, str]]:
    """How the file is read, in words."""
    layout = run.layout
    if not layout:
        return []
    asked = {question.about for question in layout.questions}
    used = {layout.headers[place] for place in layout.places.values()}
    facts = [
        ("Format", layout.kind.upper()),
        ("Encoding", ENCODINGS.get(layout.encoding, layout.encoding)),
        ("Between the cells", DELIMITERS.get(layout.delimiter, layout.delimiter)),
        ("Decimals", IN_DOUBT if "decimal" in asked else DECIMALS.get(layout.decimal, "")),
        ("Dates", IN_DOUBT if "dates" in asked else layout.dates or "year first, or day.month.year"),
        ("Same in every row", ", ".join(f"{column} {value}" for column, value in layout.constants.items())),
        ("Columns not used", ", ".join(header for header in layout.headers if header and header not in used)),
    ]
    return [(name, value) for name, value in facts if value]
