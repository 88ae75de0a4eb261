"""Where customers say what they think of our letters: a tap in a mail prepares the answer, a press gives it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dunning.models import Feedback
from dunning.operations import doors
from dunning.operations.feedback import Opinion, give, spoken_of
from dunning.portal.free_words import FreeWordsForm
from dunning.portal.visits import Visit, by_link
from dunning.rules.doors import Deed
from dunning.rules.feedback import WhyLate

YES_OR_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
SAID = {"yes": True, "no": False}


class FeedbackForm(FreeWordsForm):
    """`website` is for programs that fill in whatever they find: people do not see it."""

    clear = forms.ChoiceField(
        label=gettext_lazy("Was it clear?"), choices=YES_OR_NO, widget=forms.RadioSelect, required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Was it kind?"), choices=YES_OR_NO, widget=forms.RadioSelect, required=False
    )
    why = forms.ChoiceField(label=gettext_lazy("If a payment was late: why?"), widget=forms.RadioSelect, required=False)
    words = forms.CharField(
        label=gettext_lazy("What could we do better?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )
    website = forms.CharField(required=False, max_length=200)

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        why = self.fields["why"]
        assert isinstance(why, forms.ChoiceField)
        why.choices = [(reason.value, words) for reason, words in reasons().items()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not (self.errors or any(cleaned.get(name) for name in ("clear", "kind", "why", "words"))):
            raise forms.ValidationError(_("Please choose at least one answer."))
        return cleaned

    def opinion(self) -> Opinion:
        told = self.cleaned_data
        return Opinion(SAID.get(told["clear"]), SAID.get(told["kind"]), told["why"], told["words"])


def reasons() -> dict[WhyLate, str]:
    """Why a payment was late, as the customer reads it."""
    return {
        WhyLate.FORGOT: _("I forgot it"),
        WhyLate.NOT_RECEIVED: _("I never got the invoice"),
        WhyLate.NO_MONEY: _("There was no money"),
        WhyLate.APPROVAL: _("It waits for an approval here"),
        WhyLate.WRONG: _("The invoice is wrong"),
        WhyLate.CARD: _("The card did not work"),
        WhyLate.OTHER: _("Something else"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def feedback(visit: Visit) -> HttpResponse:
    """A few questions, none of which must be answered; asked once per case."""
    link = visit.link
    _letter, case = spoken_of(visit.customer, link)
    if Feedback.objects.filter(customer=visit.customer, case=case).exists():
        return visit.page("feedback/thanks.html")
    if visit.request.method != "POST":
        prepared = {"clear": visit.request.GET.get("clear", "")}
        return visit.page("feedback/ask.html", form=FeedbackForm(initial=prepared))
    doors.count(Deed.FEEDBACK, f"link {visit.link.pk}", now=visit.now)
    form = FeedbackForm(visit.request.POST)
    if not form.is_valid():
        return visit.page("feedback/ask.html", form=form, status=400)
    if not form.cleaned_data["website"]:
        give(visit.customer, form.opinion(), link=link, now=visit.now)
        return redirect(visit.url("feedback"))
    return visit.page("feedback/thanks.html")
