"""How the customer wants to be written to: language, what they do not want, and another contact for bills."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.operations.preferences import prefer, refused_by
from customers.rules.contact import Refusal
from dunning.operations.granting import OWN_PAGE
from dunning.portal.visits import Visit, by_link, spoken


class PreferenceForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    refused = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        refused = self.fields["refused"]
        assert isinstance(refused, forms.MultipleChoiceField)
        refused.choices = [(refusal.value, words) for refusal, words in refusals().items()]


def refusals() -> dict[Refusal, str]:
    """What may be refused, as the customer reads it."""
    return {
        Refusal.EXTRAS: _("Only what is necessary: no notes before a due date, and no thank-you messages"),
        Refusal.OFFERS: _("No offers"),
        Refusal.TEXTS: _("No text messages"),
        Refusal.CALLS: _("No phone calls"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def preferences(visit: Visit) -> HttpResponse:
    """What is chosen now; a POST stores what is chosen instead."""
    before = {"language": spoken(visit.customer), "refused": sorted(refused_by(visit.customer))}
    form = PreferenceForm(visit.request.POST if visit.request.method == "POST" else None, initial=before)
    if form.is_bound and form.is_valid():
        refused = {Refusal(value) for value in form.cleaned_data["refused"]}
        language = form.cleaned_data["language"]
        if language == before["language"]:
            language = visit.customer.language  # "de-AT" stays so
        prefer(visit.customer, language=language, refused=refused, source=OWN_PAGE, now=visit.now)
        return redirect(visit.url("preferences") + "?kept")
    is_kept = "kept" in visit.request.GET and not form.is_bound
    return visit.page("preferences.html", form=form, is_kept=is_kept, status=400 if form.errors else 200)
