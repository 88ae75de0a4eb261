"""What customers ask for on their page: read here, answered by a button; every answer goes to them by mail."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from customers.admin.base import Badge, ReadOnlyAdmin, ReadOnlyInline, badge
from customers.admin.buttons import Button, ButtonForm, Press
from customers.admin.filters import choice_filter
from dunning.models import Confirmation, CustomerRequest, RequestFile, RequestNote
from dunning.operations import answering, erasure
from dunning.operations.requests import in_short
from dunning.rules.attachments import MIME_TYPES, FileKind
from dunning.rules.needs import ABOUT_TIME, NEEDS, Need

State = CustomerRequest.State
COLOURS: dict[str, str | None] = {
    State.WAITING: "warning",
    State.GRANTED: "success",
    State.DECLINED: "danger",
    State.SETTLED: "success",
}


class AnswerForm(ButtonForm):
    answer = forms.CharField(
        widget=forms.Textarea, max_length=2000, help_text="The customer reads it, in their language: write it so."
    )


class SettleForm(AnswerForm):
    releases = forms.BooleanField(
        required=False, label="Reminders go on", help_text="Ends what rests because of this request."
    )


def agree(request: CustomerRequest, press: Press) -> str:
    answering.agree(request, now=press.now, by=press.by)
    return "Granted. The customer is told by mail."


def decline(request: CustomerRequest, press: Press) -> str:
    answering.decline(request, **press.answers, now=press.now, by=press.by)
    return "Declined. The customer is told by mail, and reminders go on."


def settle(request: CustomerRequest, press: Press) -> str:
    answering.settle(request, **press.answers, now=press.now, by=press.by)
    return "Answered. The customer is told by mail."


def erase(request: CustomerRequest, press: Press) -> str:
    erasure.begin(request, now=press.now, by=press.by)
    return "Begun. The customer is told by mail; as soon as that has left, everything that may go is erased."


def asks_for_erasure(request: CustomerRequest) -> bool:
    return request.state == State.WAITING and request.kind == Need.ERASURE


def asks_for_time(request: CustomerRequest) -> bool:
    return request.state == State.WAITING and request.kind in ABOUT_TIME


def tells_something(request: CustomerRequest) -> bool:
    return request.state == State.WAITING and request.kind not in ABOUT_TIME


class ConfirmationInline(ReadOnlyInline):
    model = Confirmation
    fk_name = "request"
    verbose_name_plural = "What they were told"
    fields = ("occasion", "state", "subject", "address", "queued_at", "finished_at", "reason")
    readonly_fields = fields


class NoteInline(ReadOnlyInline):
    model = RequestNote
    verbose_name_plural = "What they added"
    fields = ("added_at", "text")
    readonly_fields = fields


class FileInline(ReadOnlyInline):
    model = RequestFile
    verbose_name_plural = "Their files, from outside: open them with care"
    fields = ("file", "kind", "size", "added_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    @admin.display(description="File")
    def file(self, kept: RequestFile) -> str:
        url = reverse("admin:dunning_customerrequest_file", args=[kept.request_id, kept.number])
        return format_html('<a class="desk-link" href="{}">{}</a>', url, kept)


@admin.register(CustomerRequest)
class CustomerRequestAdmin(ReadOnlyAdmin):
    empty_says = "What customers ask for or tell us on their own page lands here."
    list_display = ("customer", "asks", "status", "answer_on", "raised_at", "why_a_person")
    list_select_related = ("customer", "invoice")
    list_filter = (choice_filter("state", "state", State.choices), choice_filter("kind", "kind", NEEDS))
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer", "case")
    inlines = (NoteInline, FileInline, ConfirmationInline)
    fields = (
        ("customer", "case_link"),
        ("asks", "status"),
        "text",
        ("asked_on", "parts"),
        ("invoice", "amount"),
        ("reference", "phone"),
        ("day_part", "method"),
        ("hold", "plan", "look_at"),
        "why_a_person",
        ("raised_at", "answer_on"),
        "answer",
        ("answered_at", "answered_by"),
    )
    buttons = (
        Button(
            name="agree",
            label="Agree",
            says="Grants what they ask for, as they ask for it. They are told by mail, and reminders rest until then.",
            permission="dunning.change_customerrequest",
            act=agree,
            offered=asks_for_time,
            refusals=(answering.AnswerRefusal,),
            is_main=True,
        ),
        Button(
            name="decline",
            label="Decline",
            says="They are told by mail, in your words, and reminders go on. Say what would be possible.",
            permission="dunning.change_customerrequest",
            form=AnswerForm,
            act=decline,
            offered=asks_for_time,
            refusals=(answering.AnswerRefusal,),
        ),
        Button(
            name="settle",
            label="Answer",
            says="They are told by mail, in your words, and see it on their page.",
            permission="dunning.change_customerrequest",
            form=SettleForm,
            act=settle,
            offered=tells_something,
            refusals=(answering.AnswerRefusal,),
            is_main=True,
        ),
        Button(
            name="erase",
            label="Erase their data",
            says="They are told by mail; then names, addresses, letters and words are erased for good. Invoices, "
            "ledger and payments stay under the number, as tax law wants. The list of erasures says what went.",
            permission="dunning.add_erasure",
            act=erase,
            offered=asks_for_erasure,
            refusals=(erasure.ErasureRefusal,),
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/files/<int:number>/", view, name="dunning_customerrequest_file"), *super().get_urls()]

    def file_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """A file of a customer, to be saved and never shown: it comes from outside."""
        if not request.user.has_perm("dunning.view_requestfile"):
            raise PermissionDenied
        kept = get_object_or_404(RequestFile, request=pk, number=number)
        headers = {
            "Content-Disposition": f'attachment; filename="{kept}"',
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(bytes(kept.content), content_type=MIME_TYPES[FileKind(kept.kind)], headers=headers)

    @admin.display(description="The customer")
    def asks(self, request: CustomerRequest) -> str:
        return in_short(request)

    @admin.display(description="Case")
    def case_link(self, request: CustomerRequest) -> str:
        if request.case_id is None:
            return "none"
        page = reverse("admin:dunning_case_change", args=[request.case_id])
        return format_html('<a class="desk-link" href="{}">Case {}</a>', page, request.case_id)

    @badge("State", COLOURS)
    def status(self, request: CustomerRequest) -> Badge:
        return Badge(request.state, request.get_state_display())
