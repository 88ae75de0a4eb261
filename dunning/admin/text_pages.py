"""Pages around a text: how readers see it, what the checker says of unsaved words, what it said before."""

from itertools import pairwise
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from customers.admin.base import DeskAdmin
from customers.admin.buttons import person
from customers.models import Customer
from dunning.admin.text_form import announced_in, channel_in, shown, text_in, typed_texts
from dunning.models import Template, TemplateText, TextVersion
from dunning.operations import texts
from dunning.queries.opinions import opinions_of
from dunning.queries.preview import (
    facts_of_customer,
    nastiest_facts,
    preview,
    sample_facts,
)
from dunning.queries.text_places import judged, places_of
from dunning.rules.campaign_diff import changed_words
from dunning.rules.letter import LetterFacts, TextRefusal

MOST_VERSIONS = 30
NASTIEST = "nastiest"


class TextPages(DeskAdmin):
    """Nothing is sent or stored here, but for an earlier wording that is taken again."""

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "dunning_template_"
        own = [
            path("<int:pk>/preview/<str:language>/", view(self.preview_view), name=f"{name}preview"),
            path("<int:pk>/versions/<str:language>/", view(self.versions_view), name=f"{name}versions"),
            path("<int:pk>/findings/", view(self.findings_view), name=f"{name}findings"),
            path("<int:pk>/check/", view(self.check_view), name=f"{name}check"),
        ]
        return [*own, *super().get_urls()]

    def findings_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the checker says of the words that are posted, for the panel beside them."""
        template = self._viewed(request, pk)
        language = request.POST.get("language", "")
        if request.method != "POST" or language not in dict(settings.LANGUAGES):
            return HttpResponse("Post language, subject and body.", status=400, content_type="text/plain")
        places = places_of(pk)
        told = judged(
            text_in(request.POST),
            language,
            places,
            announced_in(request.POST, template),
            channel=channel_in(request.POST, template),
        )
        return TemplateResponse(request, "desk/findings.html", shown(told, places, opinions_of(pk, now=timezone.now())))

    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same for every text of an unsaved page, on a page of its own."""
        template = self._viewed(request, pk)
        places, announces = places_of(pk), announced_in(request.POST, template)
        channel, opinions = channel_in(request.POST, template), opinions_of(pk, now=timezone.now())
        told = [
            (language, shown(judged(text, language, places, announces, channel=channel), places, opinions))
            for language, text in typed_texts(request.POST)
        ]
        return self._page(request, "desk/text_check.html", f"{template or 'New text'}: check", {"judged": told})

    def preview_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """The text as a made-up reader would see it, the nastiest one, or a customer."""
        template = self._viewed(request, pk)
        text = TemplateText.objects.filter(template=pk, language=language).first()
        if text is None or template is None:
            answer: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, f"{pk} ({language})")
            return answer
        told: dict[str, Any] = {"original": template, "language": language, "reader": "A made-up customer"}
        try:
            told["reader"], facts = self._reader(request, language)
            told["letter"] = preview(text.subject, text.body, facts, channel=text.template.channel)
        except TextRefusal as refusal:
            told["refusal"] = str(refusal)
        return self._page(request, "desk/preview.html", f"{template}: preview", told)

    def _reader(self, request: HttpRequest, language: str) -> tuple[str, LetterFacts]:
        """Whom the address asks for. Raises TextRefusal for a customer who is not there or may not be seen."""
        today = timezone.localdate()
        if request.GET.get("as") == NASTIEST:
            return "The nastiest customer", nastiest_facts(language, today)
        number = request.GET.get("customer", "").strip()
        if not number:
            return "A made-up customer", sample_facts(language, today)
        customer = Customer.objects.filter(number=number).first()
        if customer is None or not request.user.has_perm("customers.view_customer"):
            raise TextRefusal(f"There is no customer {number!r}. Write the number as on the customer's page.")
        return f"{customer} ({customer.number})", facts_of_customer(customer, language, today)

    def versions_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """Every wording with who and when and what changed; a post takes one of them again."""
        template = self._viewed(request, pk)
        if request.method == "POST":
            return self._restored(request, pk, language)
        found = TextVersion.objects.filter(template=pk, language=language).select_related("written_by")
        rows = list(found.order_by("-pk")[: MOST_VERSIONS + 1])
        changes = [
            {
                "version": new,
                "subject": changed_words(old.subject, new.subject),
                "body": changed_words(old.body, new.body),
            }
            for new, old in pairwise(rows)
        ]
        first = rows[-1:] if len(rows) <= MOST_VERSIONS else []
        told = {"original": template, "language": language, "changes": changes, "first": first, "now": rows[:1]}
        told["can_restore"] = self.has_change_permission(request, template)
        return self._page(request, "desk/text_versions.html", f"{template} ({language}): earlier words", told)

    def _restored(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        wanted = request.POST.get("version", "")
        versions = TextVersion.objects.select_related("template").filter(template=pk, language=language)
        version = get_object_or_404(versions, pk=int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)
        if not self.has_change_permission(request, version.template):
            raise PermissionDenied
        try:
            texts.restore(version, by=person(request), now=timezone.now())
        except texts.TextVersionRefusal as refusal:
            messages.error(request, str(refusal))
        else:
            done = f"The text in {language} says again what it said on {version.written_at:%Y-%m-%d %H:%M}."
            self.log_change(request, version.template, done)
            messages.success(request, done)
        return redirect(reverse("admin:dunning_template_versions", args=[pk, language]))

    def _viewed(self, request: HttpRequest, pk: int) -> Template | None:
        template = Template.objects.filter(pk=pk).first()
        if not self.has_view_permission(request, template):
            raise PermissionDenied
        return template

    def _page(self, request: HttpRequest, page: str, title: str, told: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **told}
        return TemplateResponse(request, page, context)
