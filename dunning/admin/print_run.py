"""Letters to print: how many wait, the runs, and the file of each as it was printed."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST
from django_q.tasks import async_task

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press, person
from customers.deadline import Deadline
from customers.wording import counted
from dunning.channels.typesetting import why_not_ready
from dunning.models import PrintRun
from dunning.operations import print_runs
from dunning.queries.post import letters_waiting

SMALL = 10  # letters that are set while somebody waits
SECONDS = 15
MAKING, MADE, POSTED = "making", "made", "posted"
WORDS = {MAKING: "being made", MADE: "to be posted", POSTED: "posted"}


def mark_posted(run: PrintRun, press: Press) -> str:
    print_runs.mark_posted(run, now=press.now, by=press.by)
    return f"{run} is marked as posted."


@admin.register(PrintRun)
class PrintRunAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "stands", "letters", "pages", "asked_at", "asked_by", "posted_at")
    list_select_related = ("asked_by",)
    list_before_template = "desk/print_runs_top.html"
    ordering = ("-pk",)
    sortable_by = ()
    empty_says = "Letters by post wait here until somebody prints them. They come from campaign steps that go by post."
    fields = (
        ("stands", "download"),
        ("letters", "pages"),
        ("asked_at", "asked_by"),
        ("posted_at", "posted_by"),
        "sha256",
    )
    readonly_fields = ("stands", "download")
    change_form_outer_after_template = "desk/print_run_letters.html"
    buttons = (
        Button(
            name="posted",
            label="Mark as posted",
            says="Say that these letters are in the letter box. It cannot be taken back.",
            permission="dunning.change_printrun",
            act=mark_posted,
            offered=lambda run: run.state == PrintRun.State.MADE and run.letters > 0 and not run.posted_at,
            refusals=(print_runs.PrintRefusal,),
            is_main=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("pdf")

    @badge("State", {MAKING: "info", MADE: "warning", POSTED: "success"})
    def stands(self, run: PrintRun) -> Badge:
        if run.state == PrintRun.State.MADE and not run.letters:
            return Badge(POSTED, "nothing to print")
        state = POSTED if run.posted_at else run.state
        return Badge(state, WORDS[state])

    @admin.display(description="File")
    def download(self, run: PrintRun) -> str:
        if not run.letters or run.state != PrintRun.State.MADE:
            return "–"
        url = reverse("admin:dunning_printrun_file", args=[run.pk])
        return format_html('<a class="desk-link" href="{}">{}</a>', url, _name(run))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("make/", view(require_POST(self.make_view)), name="dunning_printrun_make"),
            path("<int:number>/file/", view(self.file_view), name="dunning_printrun_file"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        waiting = letters_waiting(now=timezone.now())
        number = sum(row.number for row in waiting)
        shown = {"waiting": waiting, "waiting_number": number, "in_one_run": min(number, print_runs.MOST_LETTERS)}
        trouble = why_not_ready() if waiting else ""
        return cast(
            HttpResponse, super().changelist_view(request, {**(extra_context or {}), **shown, "trouble": trouble})
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        shown = {"letters": run.printed.defer("pdf").order_by("place")} if run else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def make_view(self, request: HttpRequest) -> HttpResponse:
        """Make a run: a small one at once, a large one by the worker."""
        if not request.user.has_perm("dunning.add_printrun"):
            raise PermissionDenied
        now = timezone.now()
        try:
            run = print_runs.ask(now=now, by=person(request))
        except print_runs.PrintRefusal as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:dunning_printrun_changelist"))
        if sum(row.number for row in letters_waiting(now=now)) <= SMALL:
            print_runs.carry_out(run, now=now, deadline=Deadline(SECONDS))
        else:
            async_task("dunning.tasks.print_letters", run.pk, q_options={"timeout": 540})
        run.refresh_from_db()
        if run.state == PrintRun.State.MADE:
            messages.success(request, f"{run}: {counted(run.letters, 'letter')}, {counted(run.pages, 'page')}.")
        return HttpResponseRedirect(reverse("admin:dunning_printrun_change", args=[run.pk]))

    def file_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The file as it was made, byte for byte."""
        if not request.user.has_perm("dunning.add_printrun"):
            raise PermissionDenied
        run = PrintRun.objects.filter(pk=number, state=PrintRun.State.MADE, letters__gt=0).first()
        if run is None:
            raise Http404
        headers = {"Content-Disposition": f'attachment; filename="{_name(run)}"', "Cache-Control": "private, no-store"}
        return HttpResponse(bytes(run.pdf), content_type="application/pdf", headers=headers)


def _name(run: PrintRun) -> str:
    return f"print-run-{run.pk}-{run.asked_at:%Y-%m-%d}.pdf"
