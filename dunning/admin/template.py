"""The library of texts: what each letter says, language by language, and how it would look to a reader."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.admin import StackedInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from customers.admin.base import DeskAdmin, ReadOnlyAdmin
from customers.wording import counted
from dunning.models import Template, TemplateText
from dunning.preview import preview
from dunning.rules.letter import FIELDS, TextRefusal, compile_text


class TextForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)
    body = forms.CharField(widget=UnfoldAdminTextareaWidget(attrs={"rows": 16}))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if "subject" in told and "body" in told:
            try:
                compile_text(told["subject"], told["body"])
            except TextRefusal as refusal:
                self.add_error("body", str(refusal))
        return told


class TextInline(StackedInline):  # type: ignore[misc]
    model = TemplateText
    form = TextForm
    verbose_name = "language"
    verbose_name_plural = "In each language"
    extra = 0
    fields = ("language", "subject", "body")
    ordering = ("language",)


@admin.register(Template)
class TemplateAdmin(DeskAdmin):
    list_display = ("name", "channel", "key", "languages")
    ordering = ("name",)
    sortable_by = ("name", "key")
    search_fields = ("name", "key")
    fields = (("name", "key"), ("channel", "announces"))
    inlines = (TextInline,)
    change_form_outer_before_template = "desk/template_links.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(text_count=Count("texts"))

    @admin.display(description="Texts")
    def languages(self, template: Any) -> str:
        return counted(template.text_count, "language")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        unused = obj is None or not obj.steps.exists()  # type: ignore[attr-defined]
        return unused and super().has_delete_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        return [path("<int:pk>/preview/<str:language>/", view, name="dunning_template_preview"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        written = TemplateText.objects.filter(template=int(object_id)) if object_id.isdecimal() else None
        languages = list(written.order_by("language").values_list("language", flat=True)) if written else []
        fields = [("{" + name + "}", field.explanation) for name, field in FIELDS.items()]
        extra = {**(extra_context or {}), "languages": languages, "letter_fields": fields}
        return super().change_view(request, object_id, form_url, extra)

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
            shown["letter"] = preview(
                text.subject, text.body, channel=text.template.channel, language=language, today=timezone.localdate()
            )
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
