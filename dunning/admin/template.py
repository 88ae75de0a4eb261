"""The library of texts: what each letter says, language by language, and how it would look to a reader."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.admin import StackedInline

from customers.admin.base import DeskAdmin, ReadOnlyAdmin
from customers.wording import counted
from dunning.admin.text_form import TextForm, TextFormSet, announced_in, shown, text_in, typed_texts
from dunning.models import Template, TemplateText
from dunning.preview import preview
from dunning.rules.letter import FIELDS, TextRefusal
from dunning.text_places import judged, places_of


class TextInline(StackedInline):  # type: ignore[misc]
    model = TemplateText
    form = TextForm
    formset = TextFormSet
    verbose_name = "language"
    verbose_name_plural = "In each language"
    extra = 0
    fields = ("language", "subject", "body")
    ordering = ("language",)


@admin.register(Template)
class TemplateAdmin(DeskAdmin):
    list_display = ("name", "key", "languages")
    ordering = ("name",)
    sortable_by = ("name", "key")
    search_fields = ("name", "key")
    fields = (("name", "key"), "announces")
    inlines = (TextInline,)
    change_form_outer_before_template = "desk/template_links.html"

    class Media:
        js = ["desk/checked_text.js"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(text_count=Count("texts"))

    @admin.display(description="Texts")
    def languages(self, template: Any) -> str:
        return counted(template.text_count, "language")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        unused = obj is None or not obj.steps.exists()  # type: ignore[attr-defined]
        return unused and super().has_delete_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "dunning_template_"
        own = [
            path("<int:pk>/preview/<str:language>/", view(self.preview_view), name=f"{name}preview"),
            path("<int:pk>/findings/", view(self.findings_view), name=f"{name}findings"),
            path("<int:pk>/check/", view(self.check_view), name=f"{name}check"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        written = TemplateText.objects.filter(template=int(object_id)) if object_id.isdecimal() else None
        languages = list(written.order_by("language").values_list("language", flat=True)) if written else []
        fields = [("{" + name + "}", field.explanation) for name, field in FIELDS.items()]
        extra = {**(extra_context or {}), "languages": languages, "letter_fields": fields}
        return super().change_view(request, object_id, form_url, extra)

    def findings_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the checker says of the words that are posted, for the panel beside them; nothing is stored."""
        template = self._checked(request, pk)
        language = request.POST.get("language", "")
        if request.method != "POST" or language not in dict(settings.LANGUAGES):
            return HttpResponse("Post language, subject and body.", status=400, content_type="text/plain")
        places = places_of(pk)
        told = judged(text_in(request.POST), language, places, announced_in(request.POST, template))
        return TemplateResponse(request, "desk/findings.html", shown(told, places))

    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same for every text of an unsaved page, on a page of its own."""
        template = self._checked(request, pk)
        places, announces = places_of(pk), announced_in(request.POST, template)
        told = [
            (language, shown(judged(text, language, places, announces), places))
            for language, text in typed_texts(request.POST)
        ]
        title = f"{template or 'New text'}: check"
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "judged": told}
        return TemplateResponse(request, "desk/text_check.html", context)

    def _checked(self, request: HttpRequest, pk: int) -> Template | None:
        template = Template.objects.filter(pk=pk).first()
        if not self.has_view_permission(request, template):
            raise PermissionDenied
        return template

    def preview_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """The text as a reader would see it; nothing is sent or stored."""
        text = TemplateText.objects.select_related("template").filter(template=pk, language=language).first()
        if not self.has_view_permission(request, text and text.template):
            raise PermissionDenied
        if text is None:
            redirect: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, f"{pk} ({language})")
            return redirect
        shown: dict[str, Any] = {"title": f"{text.template}: preview", "opts": self.opts, "original": text.template}
        try:
            shown["letter"] = preview(text.subject, text.body, language=language, today=timezone.localdate())
        except TextRefusal as refusal:
            shown["refusal"] = str(refusal)
        context = {**self.admin_site.each_context(request), **shown, "language": language}
        return TemplateResponse(request, "desk/preview.html", context)


@admin.register(TemplateText)
class TemplateTextAdmin(ReadOnlyAdmin):
    list_display = ("subject", "template", "language")
    list_select_related = ("template",)
    ordering = ("template", "language")
    sortable_by = ()
    linked_by = ("template",)
