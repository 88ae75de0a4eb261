"""Hand-overs to agencies: who got which cases when, and the file as it was made."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from customers.admin.base import ReadOnlyAdmin, ReadOnlyInline
from customers.wording import counted
from dunning.models import HandedCase, HandOver


class HandedCaseInline(ReadOnlyInline):
    model = HandedCase
    verbose_name_plural = "cases"
    fields = ("case_link", "taken_back_at")
    readonly_fields = ("case_link",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("case__customer")

    @admin.display(description="Case")
    def case_link(self, handed: HandedCase) -> str:
        page = reverse("admin:dunning_case_change", args=[handed.case_id])
        return format_html('<a class="desk-link" href="{}">{}</a>', page, handed.case.customer)


@admin.register(HandOver)
class HandOverAdmin(ReadOnlyAdmin):
    list_display = ("agency", "made_at", "made_by", "number")
    list_select_related = ("made_by",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("agency",)
    search_help_text = "The agency's name from its start"
    empty_says = "Tick cases in the list of cases and choose Hand over."
    fields = (("agency", "made_at"), ("made_by", "download"), "fingerprint")
    readonly_fields = ("download", "fingerprint")
    inlines = (HandedCaseInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("file").annotate(handed=Count("cases"))

    @admin.display(description="Cases")
    def number(self, hand_over: Any) -> str:
        return counted(hand_over.handed, "case")

    @admin.display(description="File")
    def download(self, hand_over: HandOver) -> str:
        url = reverse("admin:dunning_handover_file", args=[hand_over.pk])
        return format_html('<a class="desk-link" href="{}">{}</a>', url, _name(hand_over))

    @admin.display(description="Fingerprint of the file (SHA-256)")
    def fingerprint(self, hand_over: HandOver) -> str:
        return hand_over.sha256

    def get_urls(self) -> list[URLPattern]:
        file = path("<int:number>/file/", self.admin_site.admin_view(self.file_view), name="dunning_handover_file")
        return [file, *super().get_urls()]

    def file_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The file as it was made."""
        if not request.user.has_perm("dunning.add_handover"):
            raise PermissionDenied
        if (made := HandOver.objects.filter(pk=number).first()) is None:
            raise Http404
        headers = {"Content-Disposition": f'attachment; filename="{_name(made)}"'}
        return HttpResponse(bytes(made.file), content_type="application/zip", headers=headers)


def _name(hand_over: HandOver) -> str:
    return f"hand-over-{hand_over.pk}-{hand_over.made_at:%Y-%m-%d}.zip"
