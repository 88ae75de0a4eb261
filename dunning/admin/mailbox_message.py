"""The mailbox: mail that stayed in the house, shown as its reader would see it."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from customers.admin.base import ReadOnlyAdmin
from dunning.models import MailboxMessage
from dunning.queries.mailbox import open_mail


@admin.register(MailboxMessage)
class MailboxMessageAdmin(ReadOnlyAdmin):
    empty_says = "Letters land here while no mail server is set up. The first one comes with the first reminder."
    list_display = ("subject", "to", "received_at")
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("to",)
    search_help_text = "The reader's address from its start"
    change_form_template = "desk/mail.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        message = MailboxMessage.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        mail = {"mail": open_mail(bytes(message.raw)), "title": message.subject} if message else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **mail})
