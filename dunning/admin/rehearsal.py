"""Rehearsals: ask for one, watch it, read it. Nothing is sent, and nothing of the books changes."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django_q.tasks import async_task

from customers.admin.base import CappedPaginator, ReadOnlyAdmin, badge
from customers.admin.buttons import person
from customers.queries import customers_called
from customers.rules.import_text import escaped
from dunning.admin.rehearsal_form import AskForm
from dunning.models import Rehearsal, RehearsedCustomer
from dunning.operations import rehearsals
from dunning.rehearsal.page import (
    calendar,
    chart,
    csv_rows,
    customer_lines,
    day_rows,
    figures,
)
from dunning.rehearsal.run import Question, RehearsalRefusal, size
from dunning.rules.consequences import Charges

State = Rehearsal.State

SMALL = 300  # customers who are rehearsed while somebody waits
SHOWN = 25
MONTH = 30
UNDER_WAY = (State.WAITING, State.RUNNING)
COLOURS: dict[str, str | None] = {State.DONE: "success", State.STOPPED: "danger", State.RUNNING: "info"}


@admin.register(Rehearsal)
class RehearsalAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "stands", "changed", "asked_at", "asked_by")
    list_select_related = ("version__campaign", "asked_by")
    list_before_template = "desk/rehearsals_top.html"
    ordering = ("-pk",)
    sortable_by = ()
    empty_says = "Ask what would happen in the next days: nothing is sent, and nothing changes."

    @badge("State", COLOURS)
    def stands(self, rehearsal: Rehearsal) -> tuple[str, str]:
        return rehearsal.state, rehearsal.get_state_display()

    def get_urls(self) -> list[URLPattern]:
        name, view = "dunning_rehearsal_", self.admin_site.admin_view
        own = [
            path("ask/", view(self.ask_view), name=f"{name}ask"),
            path("calendar/", view(self.calendar_view), name=f"{name}calendar"),
            path("<int:pk>/events.csv", view(self.csv_view), name=f"{name}csv"),
        ]
        return [*own, *super().get_urls()]

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows the form, POST writes the question down and goes to its page."""
        if not request.user.has_perm("dunning.add_rehearsal"):
            raise PermissionDenied
        form = AskForm(request.POST if request.method == "POST" else request.GET or None)
        if request.method == "POST" and form.is_valid():
            try:
                return _to(self._asked(request, form.question()))
            except RehearsalRefusal as refusal:
                form.add_error(None, str(refusal))
        elif request.method == "GET":
            form = AskForm(initial=request.GET.dict())
        return self._page(request, "desk/rehearsal_ask.html", {"form": form, "title": "Rehearse"})

    def _asked(self, request: HttpRequest, question: Question) -> Rehearsal:
        now = timezone.now()
        asked = rehearsals.ask(question, now=now, by=person(request))
        if size(question, now=now) <= SMALL:
            rehearsals.carry_out(asked, now=now)
        else:
            async_task("dunning.tasks.rehearse", asked.pk, q_options={"timeout": 540})
        return asked

    def calendar_view(self, request: HttpRequest) -> HttpResponse:
        """The next thirty days by today's strategy, as last worked out today; POST works them out now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.now().date()
        if request.method == "POST":
            if not request.user.has_perm("dunning.add_rehearsal"):
                raise PermissionDenied
            self._asked(request, Question(today, today + timedelta(days=MONTH - 1)))
            return HttpResponseRedirect(request.path)
        ahead = Rehearsal.objects.filter(
            version=None, first_on=today, last_on=today + timedelta(days=MONTH - 1), charges=Charges.FAIL
        )
        newest = ahead.exclude(state=State.STOPPED).order_by("-pk").first()
        context = {
            "title": "The next 30 days",
            "opts": None,
            "is_calendar": True,
            **(self._shown(request, newest) if newest else {}),
        }
        return self._page(request, "desk/rehearsal_calendar.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        rehearsal = self.get_object(request, object_id)
        if rehearsal is None:
            return super().change_view(request, object_id, form_url, extra_context)
        if not self.has_view_permission(request, rehearsal):
            raise PermissionDenied
        context = {"title": str(rehearsal), "original": rehearsal, **self._shown(request, rehearsal)}
        if rehearsal.state == State.DONE:
            context |= self._customers(request, rehearsal)
        return self._page(request, "desk/rehearsal.html", context)

    def csv_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """Every event of every customer."""
        rehearsal = get_object_or_404(Rehearsal, pk=pk)
        if not self.has_view_permission(request, rehearsal):
            raise PermissionDenied
        headers = {"Content-Disposition": f'attachment; filename="rehearsal-{pk}.csv"'}
        return StreamingHttpResponse(_csv(rehearsal), content_type="text/csv; charset=utf-8", headers=headers)

    def _shown(self, request: HttpRequest, rehearsal: Rehearsal) -> dict[str, Any]:
        is_stalled = timezone.now() - rehearsal.seen_at > rehearsals.STALLED_AFTER
        shown: dict[str, Any] = {
            "rehearsal": rehearsal,
            "is_under_way": rehearsal.state in UNDER_WAY and not is_stalled,
            "may_ask": request.user.has_perm("dunning.add_rehearsal"),
        }
        if rehearsal.state == State.DONE:
            drawn = {"chart": chart(rehearsal), "calendar": calendar(rehearsal), "day_rows": day_rows(rehearsal)}
            shown |= {"figures": figures(rehearsal), **drawn}
        return shown

    def _customers(self, request: HttpRequest, rehearsal: Rehearsal) -> dict[str, Any]:
        term, only = request.GET.get("q", "").strip(), request.GET.get("only", "")
        rows: QuerySet[RehearsedCustomer] = rehearsal.rehearsed.select_related("customer").order_by("pk")
        if term:
            rows = rows.filter(Q(customer__in=customers_called(term)))
        if only == "changed":
            rows = rows.exclude(events_today=None)
        page = CappedPaginator(rows, SHOWN).get_page(request.GET.get("page"))
        return {"page": page, "customers": customer_lines(page.object_list), "term": term, "only": only}

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )


def _to(rehearsal: Rehearsal) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:dunning_rehearsal_change", args=[rehearsal.pk]))


class _Echo:
    """What the writer writes is handed on at once."""

    def write(self, line: str) -> str:
        return line


def _csv(rehearsal: Rehearsal) -> Iterator[str]:
    yield "\ufeff"  # the mark makes spreadsheets read it as UTF-8
    writer = csv.writer(_Echo())
    yield from (writer.writerow([escaped(cell) for cell in row]) for row in csv_rows(rehearsal))
