"""Notices: every message to a customer, as it was sent, with what is surely known of its fate."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press
from customers.admin.filters import since_midnight
from customers.rules.contact import EMAIL, POST, written_for
from customers.wording import brief_moment_there
from dunning.admin.filters import DeliveryFilter, NoticeStateFilter
from dunning.admin.review_forms import DropForm, ProposalForm, WordsForm, change_words, drop_one, release_one
from dunning.models import Notice, PaperLetter
from dunning.operations import doubts, review
from dunning.operations.prepare import proof
from dunning.queries.brand import branding
from dunning.rules.letter import as_html, as_sms, as_text

COLOURS: dict[str, str | None] = {
    Notice.State.PROPOSED: "warning",
    Notice.State.QUEUED: "info",
    Notice.State.LEASED: "info",
    Notice.State.CALLING: "info",
    Notice.State.SENT: "success",
    Notice.State.REFUSED: "danger",
    Notice.State.IN_DOUBT: "warning",
    Notice.State.WITHDRAWN: None,
}


def settle_as_sent(notice: Notice, press: Press) -> str:
    doubts.settle_as_sent(notice, now=press.now, by=press.by)
    return "The notice counts as sent."


def send_again(notice: Notice, press: Press) -> str:
    doubts.send_again(notice, now=press.now, by=press.by)
    return "The notice is queued again: it is written anew and leaves as soon as the customer's day allows."


def is_proposed(notice: Notice) -> bool:
    return notice.state == Notice.State.PROPOSED


PROPOSED_FIELDS = (("customer", "case"), ("step", "fate"), "queued_at")  # nothing is sent yet; the letter follows
BUTTONS = (
    Button(
        name="release",
        label="Release",
        says="The letter leaves in the customer's own hours, if it still fits then.",
        permission="dunning.add_reviewdecision",
        form=ProposalForm,
        act=release_one,
        offered=is_proposed,
        refusals=(review.ReviewRefusal,),
        is_main=True,
    ),
    Button(
        name="change_words",
        label="Change the words",
        says="Only this letter is changed. Fields such as {total_open} are filled in when it leaves, so that amounts, "
        "the list of invoices and the button are always right. If the facts change, it comes back in the usual words.",
        permission="dunning.add_reviewdecision",
        form=WordsForm,
        act=change_words,
        offered=is_proposed,
        refusals=(review.ReviewRefusal,),
    ),
    Button(
        name="drop",
        label="Drop",
        says="This step is skipped. The case goes on with the next one, at the campaign's own distance.",
        permission="dunning.add_reviewdecision",
        form=DropForm,
        act=drop_one,
        offered=is_proposed,
        refusals=(review.ReviewRefusal,),
    ),
    Button(
        name="settle_as_sent",
        label="It arrived",
        says="Ends the doubt: the letter counts as sent. Press it when the customer or the provider confirms it.",
        permission="dunning.change_case",
        act=settle_as_sent,
        offered=lambda notice: notice.state == Notice.State.IN_DOUBT,
        refusals=(doubts.DoubtRefusal,),
    ),
    Button(
        name="send_again",
        label="Send again",
        says="Writes the letter anew and sends it. If the first one did arrive after all, the customer gets two.",
        permission="dunning.change_case",
        act=send_again,
        offered=lambda notice: notice.state in (Notice.State.IN_DOUBT, Notice.State.REFUSED),
        refusals=(doubts.DoubtRefusal,),
    ),
)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    empty_says = "Every letter is listed here, from the moment it is decided on."
    list_display = ("queued_at", "customer", "step", "fate", "subject", "address", "when")
    list_select_related = ("customer", "step")
    list_filter = (NoticeStateFilter, DeliveryFilter, since_midnight("finished_at"), since_midnight("queued_at"))
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer", "case")
    fields = (
        ("customer", "case"),
        ("step", "fate"),
        ("address", "copied_to"),
        ("contact", "language"),
        "subject",
        "body",
        "reason",
        ("queued_at", "due_at"),
        ("calling_at", "finished_at"),
        ("channel", "attempts"),
        ("message_id", "provider_reference"),
        "news",
    )
    readonly_fields = ("on_paper",)
    buttons = BUTTONS
    change_form_outer_after_template = "desk/proof.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj and is_proposed(obj):
            return PROPOSED_FIELDS
        return (*self.fields, "on_paper") if obj and obj.channel == POST else self.fields

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        waiting = Notice.objects.filter(pk=object_id, state=Notice.State.PROPOSED) if object_id.isdecimal() else None
        notice = waiting.select_related("customer").first() if waiting else None
        shown = _proof(notice) if notice else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    @admin.display(description="On paper")
    def on_paper(self, notice: Notice) -> str:
        letter = PaperLetter.objects.only("key").filter(key=notice.message_id).first() if notice.message_id else None
        if letter is None:
            return "waits to be printed" if notice.state == Notice.State.QUEUED else "–"
        url = reverse("admin:dunning_paperletter_file", args=[letter.pk])
        return format_html('<a class="desk-link" href="{}">{}.pdf</a>', url, letter.key)

    @admin.display(description="Sent or planned (there)")
    def when(self, notice: Notice) -> str:
        at = notice.due_at if notice.state == Notice.State.QUEUED else notice.finished_at
        return brief_moment_there(at, notice.customer.time_zone) if at else "–"

    @badge("State", COLOURS)
    def fate(self, notice: Notice) -> Badge:
        further = f", {notice.get_delivery_display()}" if notice.delivery else ""
        return Badge(notice.state, f"{notice.get_state_display()}{further}")

    @admin.display(description="What became of it")
    def news(self, notice: Notice) -> str:
        told = notice.delivery_events.defer("body").order_by("happened_at", "pk")[:100]
        lines = format_html_join(
            "",
            '<li><a class="desk-link" href="{}">{}: {}</a> {}</li>',
            (
                (
                    reverse("admin:dunning_deliveryevent_change", args=[event.pk]),
                    date_format(timezone.localtime(event.happened_at), "DATETIME_FORMAT"),
                    event.get_kind_display(),
                    event.detail,
                )
                for event in told
            ),
        )
        return format_html('<ol class="desk-plain">{}</ol>', lines) if lines else "Nothing was told yet."


def _proof(notice: Notice) -> dict[str, Any]:
    """The letter as it would leave now."""
    written = proof(notice, now=timezone.now())
    if isinstance(written, str):
        return {"proof_refusal": written}
    language, letter = written
    url = f"{settings.BASE_URL}/p/…/"
    is_short = written_for(notice.channel) != EMAIL
    html = "" if is_short else as_html(letter.body, url, language=language, look=branding().look)
    text = as_sms(letter.body, url) if is_short else as_text(letter.body, url)
    return {"proof": {"subject": letter.subject, "html": html, "text": text}, "is_changed": bool(notice.own_body)}
