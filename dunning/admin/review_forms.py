"""What a manager is asked about letters that wait for review, one at a time or many."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from customers.admin.buttons import ButtonForm, Press
from dunning.models import Notice
from dunning.operations import review
from dunning.operations.reviewed_words import change_words as change_the_words
from dunning.queries.review_list import Words, words_of

DECIDED_BEFORE = "This letter waits for review no longer, or was proposed anew. Look at it again."
BIGGEST_ID = 2**63 - 1


class ProposalForm(ButtonForm):
    """Carries when the letter was proposed that the manager is shown."""

    seen_at = forms.DateTimeField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_at"].initial = self.subject.queued_at.isoformat()


class DropForm(ProposalForm):
    reason = forms.CharField(max_length=300, help_text="Stands on the case, for your colleagues.")


class WordsForm(ProposalForm):
    headline = forms.CharField(label="Subject", max_length=200)
    body = forms.CharField(label="Text", max_length=20_000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 18}))
    language = forms.CharField(max_length=8, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in zip(("language", "headline", "body"), words_of(self.subject), strict=True):
            self.fields[name].initial = words


class WorkListForm(forms.Form):
    """Which letters of the list are meant, and what becomes of them."""

    RELEASE_OTHERS, RELEASE_TICKED, DROP_TICKED = "release_others", "release_ticked", "drop_ticked"

    act = forms.ChoiceField(choices=[(act, act) for act in (RELEASE_OTHERS, RELEASE_TICKED, DROP_TICKED)])
    seen_at = forms.DateTimeField()
    shown = forms.IntegerField(min_value=0)
    campaign = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID)
    tone = forms.IntegerField(required=False, min_value=1, max_value=9)
    reason = forms.CharField(required=False, max_length=300)


def release_one(notice: Notice, press: Press) -> str:
    rows = Notice.objects.filter(pk=notice.pk)
    if not review.release(rows, seen_at=press.answers["seen_at"], now=press.now, by=press.by):
        raise review.ReviewRefusal(DECIDED_BEFORE)
    return "The letter is released: it leaves in the customer's own hours."


def drop_one(notice: Notice, press: Press) -> str:
    rows, reason = Notice.objects.filter(pk=notice.pk), press.answers["reason"]
    if not review.drop(rows, reason=reason, seen_at=press.answers["seen_at"], now=press.now, by=press.by):
        raise review.ReviewRefusal(DECIDED_BEFORE)
    return f"Dropped: {reason}"


def change_words(notice: Notice, press: Press) -> str:
    words = Words(press.answers["language"], press.answers["headline"], press.answers["body"])
    advice = change_the_words(notice, words, seen_at=press.answers["seen_at"], now=press.now)
    said = " ".join(["Worth another look:", *map(str, advice)]) if advice else ""
    return f"The letter has words of its own; it still waits to be released. {said}".strip()
