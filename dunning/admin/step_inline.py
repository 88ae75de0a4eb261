"""The rows in which a draft's steps are edited; of a published version they are only read."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from customers.admin.base import DeskInline
from customers.rules.contact import channel_words, reader_words, way_words
from customers.wording import counted
from dunning.models import CampaignVersion, Step
from dunning.rules.words import ACTIONS, FOR_A_PERSON, LETTERS, StepKind, Tone, day_words

LABELS = {"offset_days": "Day", "due_days": "Days for it"}


def is_draft(version: Any) -> bool:
    return isinstance(version, CampaignVersion) and version.published_at is None


class StepWords:
    """Columns that say nothing where the kind of a step has nothing to say."""

    @admin.display(description="Day")
    def day(self, step: Step) -> str:
        return "when all is paid" if step.kind == StepKind.THANKS else day_words(step.offset_days)

    @admin.display(description="Tone")
    def says_tone(self, step: Step) -> str:
        return Tone(step.tone).name.lower() if step.kind == StepKind.REMINDER else "–"

    @admin.display(description="Channel")
    def goes_by(self, step: Step) -> str:
        if step.kind not in LETTERS:
            return "–"
        ways = ", then ".join(map(way_words, [step.channel, *(way.channel for way in step.fallbacks.all())]))
        return ways + reader_words(step.goes_to, step.copied_to)

    @admin.display(description="Work")
    def work(self, step: Step) -> str:
        if step.kind not in FOR_A_PERSON:
            return "–"
        return f"{step.queue}, {counted(step.due_days, 'day')}: {step.script}".removesuffix(": ")


class StepFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The steps of a draft; their order follows from their days."""

    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if sum(step.get("kind") == StepKind.THANKS for step in kept) > 1:
            raise forms.ValidationError("A campaign says thank you once: keep one thanks step.")
        for kind, name in ((StepKind.REMINDER, "reminders"), (StepKind.CHARGE, "charges")):
            days = [step.get("offset_days") for step in kept if step.get("kind") == kind]
            if len(set(days)) < len(days):
                raise forms.ValidationError(f"Two {name} on the same day: give each a day of its own.")


class StepForm(forms.ModelForm):  # type: ignore[type-arg]
    """Letters need words, everything else sends none; work for a person needs a queue."""

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        kind = told.get("kind")
        if self.instance.conditions and kind == StepKind.THANKS:
            self.add_error("kind", "It has conditions, and thanks have none. Remove them on its page first.")
        if kind != StepKind.REMINDER and (self.instance.wait_hours or self._has_further_ways()):
            self.add_error("kind", "It has further ways, and only reminders have any. Remove them on its page first.")
        if kind != StepKind.REMINDER and (self.instance.goes_to or self.instance.copied_to):
            self.add_error("kind", "It goes to another contact, and only reminders do. Change that on its page first.")
        if told.get("is_reviewed") and kind != StepKind.REMINDER:
            self.add_error("is_reviewed", "Only reminders wait for review; no other step ever does.")
        if kind == StepKind.CHARGE:
            self._sends_nothing(told, "A charge", "A card is charged")
        elif kind in ACTIONS:
            self._sends_nothing(told, "This kind of step", "This kind of step comes")
        elif "template" in told and not told["template"]:
            self.add_error("template", "Choose what is sent.")
        self._check_work(told)
        return told

    def _has_further_ways(self) -> bool:
        return bool(self.instance.pk and self.instance.fallbacks.all())

    def clean_due_days(self) -> int:
        return self.cleaned_data["due_days"] or 0

    def _check_work(self, told: dict[str, Any]) -> None:
        if told.get("kind") in FOR_A_PERSON:
            if not told.get("queue"):
                self.add_error("queue", "Name the queue in which the work appears, for example calls.")
            return
        for field in ("queue", "script", "due_days"):
            if told.get(field):
                self.add_error(field, "Only a task, phone call or legal notice has this. Leave it empty.")

    def _sends_nothing(self, told: dict[str, Any], what: str, comes: str) -> None:
        if told.get("template"):
            remedy = "Leave this empty; a letter may go on the same day by its own step."
            self.add_error("template", f"{what} sends nothing. {remedy}")
        if (told.get("offset_days") or 0) < 0:
            self.add_error("offset_days", f"{comes} on the due date (0) or later: nothing is owed before.")


class StepInline(StepWords, DeskInline):
    model = Step
    form = StepForm
    formset = StepFormSet
    fields = ("kind", "offset_days", "tone", "channel", "template", "is_reviewed", "queue", "due_days", "script")
    ordering = ("position",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("fallbacks")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if is_draft(obj) else ("kind", "day", "says_tone", "goes_by", "template", "work")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if is_draft(obj) else ("day", "says_tone", "goes_by", "work")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "channel":
            pairs = [(alias, channel_words(alias)) for alias in settings.DUNNING_CHANNELS]
            return forms.ChoiceField(choices=pairs, widget=UnfoldAdminSelectWidget(attrs={"aria-label": "channel"}))
        asked = super().formfield_for_dbfield(db_field, request, **kwargs)
        if asked and db_field.name == "script":
            asked.widget.attrs["rows"] = 2
        if asked and db_field.name in LABELS:
            asked.label = LABELS[db_field.name]
        return asked

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_delete_permission(request, obj)
