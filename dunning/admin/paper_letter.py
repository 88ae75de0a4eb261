"""Letters on paper: what was sent by post, each file as it was printed."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from customers.admin.base import ReadOnlyAdmin
from dunning.models import PaperLetter


@admin.register(PaperLetter)
class PaperLetterAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "customer_number", "country", "pages", "enclosure", "run", "download")
    list_select_related = ("run",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("customer_number",)
    search_help_text = "The customer's number from its start"
    linked_by = ("run",)
    empty_says = "Every letter by post is kept here exactly as it was printed."
    fields = (
        ("recipient", "customer_number"),
        "address_line",
        ("subject", "language"),
        ("pages", "enclosure"),
        ("run", "place"),
        "download",
        "sha256",
    )
    readonly_fields = ("address_line", "download")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("pdf", "run__pdf")

    @admin.display(description="File")
    def download(self, letter: PaperLetter) -> str:
        url = reverse("admin:dunning_paperletter_file", args=[letter.pk])
        return format_html('<a class="desk-link" href="{}">{}.pdf</a>', url, letter.key)

    def get_urls(self) -> list[URLPattern]:
        file = path("<int:number>/file/", self.admin_site.admin_view(self.file_view), name="dunning_paperletter_file")
        return [file, *super().get_urls()]

    def file_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The letter as it was printed, byte for byte."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if (letter := PaperLetter.objects.filter(pk=number).first()) is None:
            raise Http404
        headers = {
            "Content-Disposition": f'attachment; filename="{letter.key}.pdf"',
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(bytes(letter.pdf), content_type="application/pdf", headers=headers)
