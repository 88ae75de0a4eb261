"""The library of texts: what each letter says, language by language."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.admin import StackedInline

from customers.admin.base import ReadOnlyAdmin
from customers.admin.buttons import Button, ButtonForm, Press, person
from customers.wording import counted
from dunning.admin.text_form import TextForm, TextFormSet, fields_to_insert
from dunning.admin.text_pages import NASTIEST, TextPages
from dunning.models import Template, TemplateText
from dunning.operations import texts, trial_letters


class TrialForm(ButtonForm):
    language = forms.ChoiceField()
    reader = forms.ChoiceField(
        label="Written to",
        choices=[
            ("sample", "a made-up customer"),
            (NASTIEST, "the nastiest one: long, from right to left, 45 invoices"),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        written = self.subject.texts.order_by("language").values_list("language", flat=True)
        self.fields["language"].choices = [(language, language) for language in written]  # type: ignore[attr-defined]


def send_trial(template: Template, press: Press) -> str:
    text = template.texts.get(language=press.answers["language"])
    is_nasty = press.answers["reader"] == NASTIEST
    address = trial_letters.send(text, to=press.by, is_nasty=is_nasty, now=press.now)
    return f"A trial letter in {text.language} is on its way to {address}."


TRIAL = Button(
    name="trial",
    label="Send me a trial letter",
    says="Goes to your own address, as it is stored, with made-up invoices. No customer gets anything, and its link "
    "leads nowhere.",
    permission="dunning.change_template",
    act=send_trial,
    form=TrialForm,
    refusals=(trial_letters.TrialRefusal,),
    offered=lambda template: template.texts.exists(),
)


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
class TemplateAdmin(TextPages):
    list_display = ("name", "channel", "key", "languages")
    ordering = ("name",)
    sortable_by = ("name", "key")
    search_fields = ("name", "key")
    fields = (("name", "key"), ("channel", "announces"), "message_class")
    inlines = (TextInline,)
    buttons = (TRIAL,)
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

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        shown, counts, _, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set(), protected  # its earlier words go with it

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        written = TemplateText.objects.filter(template=int(object_id)) if object_id.isdecimal() else None
        languages = list(written.order_by("language").values_list("language", flat=True)) if written else []
        extra = {**(extra_context or {}), "languages": languages, "letter_fields": fields_to_insert()}
        return super().change_view(request, object_id, form_url, extra)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        texts.save(form.instance, formset.save, by=person(request), now=timezone.now())


@admin.register(TemplateText)
class TemplateTextAdmin(ReadOnlyAdmin):
    list_display = ("subject", "template", "language")
    list_select_related = ("template",)
    ordering = ("template", "language")
    sortable_by = ()
    linked_by = ("template",)
