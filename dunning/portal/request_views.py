"""How a request of a customer stands, and what they add to it while it waits for an answer.

What was said needs a code: a link may have been forwarded.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from customers.rules.days import local_day
from dunning.models import CustomerRequest
from dunning.operations.additions import NotWaiting, TooManyNotes, add
from dunning.operations.attachments import TooManyFiles
from dunning.portal.files import FilesField
from dunning.portal.free_words import FreeWordsForm
from dunning.portal.need_forms import words_field
from dunning.portal.need_words import shown_words_of
from dunning.portal.visits import Visit, by_link
from dunning.queries.requests import shown_requests
from dunning.rules.attachments import MOST_FILES
from dunning.rules.needs import HARD, Need


class AddForm(FreeWordsForm):
    """More words or files, or both."""

    text = words_field(gettext_lazy("What would you like to add?"), required=False)
    attached = FilesField()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not (self.errors or cleaned.get("text") or cleaned.get("attached")):
            self.add_error("text", _("Please write something, or choose a file."))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def request(visit: Visit, request_id: int) -> HttpResponse:
    """One request, and the form to add to it; looking changes nothing, a press does."""
    asked = get_object_or_404(shown_requests(visit.customer, most=None), pk=request_id)
    if visit.request.method != "POST":
        return _page(visit, asked, AddForm(label_suffix=""))
    form = AddForm(visit.request.POST, visit.request.FILES, label_suffix="")
    if not (form.is_valid() and _is_added(visit, asked, form)):
        return _page(visit, asked, form)
    return redirect(visit.url("request", asked.pk))


def _is_added(visit: Visit, asked: CustomerRequest, form: AddForm) -> bool:
    try:
        add(asked, text=form.cleaned_data["text"], files=form.cleaned_data["attached"], now=visit.now)
    except NotWaiting:
        return True  # the page says how it was answered
    except TooManyFiles:
        form.add_error("attached", _("At most %(number)s files can be sent.") % {"number": MOST_FILES})
    except TooManyNotes:
        form.add_error("text", _("That was a lot. Please reply to our e-mail instead."))
    return form.is_valid()


def _page(visit: Visit, asked: CustomerRequest, form: AddForm) -> HttpResponse:
    notes = list(asked.notes.order_by("pk"))
    is_said_in_words = bool(asked.kind in HARD or asked.text or asked.reference or asked.answer or notes)
    return visit.page(
        "help/request.html",
        asked=asked,
        title=shown_words_of(Need(asked.kind), is_known=visit.is_known),
        lines=list(asked.plan.instalments.order_by("number")) if asked.plan else [],
        added=[(local_day(note.added_at, visit.customer.time_zone), note.text) for note in notes],
        keeps_words_back=is_said_in_words and not visit.is_known,
        files=asked.files.defer("content").order_by("pk"),
        form=form,
        status=400 if form.errors else 200,
    )
