"""Replies: what people wrote back. A person answers from their own mail program and says here what was done."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, ButtonForm, Press
from customers.admin.filters import choice_filter, since_midnight
from dunning.models import Reply
from dunning.operations import replies
from dunning.rules.said import WISHES, own_and_quoted

COLOURS: dict[str, str | None] = {
    Reply.State.RECEIVED: "info",
    Reply.State.WAITING: "warning",
    Reply.State.AUTOMATIC: None,
    Reply.State.ANSWERED: "success",
}


class SettleForm(ButtonForm):
    outcome = forms.CharField(
        max_length=300, label="What was done", help_text="One sentence your colleagues will understand next month."
    )


def settle(reply: Reply, press: Press) -> str:
    replies.settle(reply, **press.answers, now=press.now, by=press.by)
    return f"Answered: {press.answers['outcome']}"


@admin.register(Reply)
class ReplyAdmin(ReadOnlyAdmin):
    empty_says = "What customers write back lands here, once the provider of mail or texts hands it to this desk."
    list_display = ("received_at", "from_whom", "customer", "words", "hint", "status")
    list_select_related = ("customer",)
    list_filter = (choice_filter("state", "state", Reply.State.choices), since_midnight("received_at"))
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("sender",)
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, words of the name, or the sender from its start"
    linked_by = ("customer", "case")
    change_form_template = "desk/reply.html"
    buttons = (
        Button(
            name="settle",
            label="Answered",
            says="Takes the reply off the list of what waits. What was done stands in the story of the case.",
            permission="dunning.change_reply",
            form=SettleForm,
            act=settle,
            offered=lambda reply: reply.state == Reply.State.WAITING,
            refusals=(replies.ReplyRefusal,),
            is_main=True,
        ),
    )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = Reply.objects.select_related("customer", "notice__step", "answered_by")
        reply = found.filter(pk=object_id).first() if object_id.isdecimal() else None
        told: dict[str, Any] = {}
        if reply:
            own, quoted = own_and_quoted(reply.text)
            told = {"reply": reply, "hints": hints(reply), "own": own, "quoted": quoted}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    @admin.display(description="From")
    def from_whom(self, reply: Reply) -> str:
        return reply.sender_name or reply.sender

    @admin.display(description="Subject")
    def words(self, reply: Reply) -> str:
        return (reply.subject or reply.text)[:80] or "no words"

    @admin.display(description="Seems to say")
    def hint(self, reply: Reply) -> str:
        return ", ".join(words for words, _ in hints(reply)) or "–"

    @badge("State", COLOURS)
    def status(self, reply: Reply) -> Badge:
        return Badge(reply.state, reply.get_state_display())


def hints(reply: Reply) -> list[tuple[str, dict[str, str]]]:
    """What it seems to ask for, in words, with the sentence that says so."""
    return [(WISHES[found["wish"]], found) for found in reply.suggestions]
