"""The page of a step: on which conditions it is taken, and by which ways a letter goes."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from customers.admin.base import DeskAdmin, ReadOnlyAdmin
from customers.rules.contact import channel_words
from dunning.admin.conditions import ConditionsField
from dunning.admin.step_inline import StepWords, is_draft
from dunning.models import Step, StepText, Template
from dunning.models.campaign import COPIED_TO, GOES_TO
from dunning.operations import drafts
from dunning.rules.conditions import from_stored
from dunning.rules.words import FOR_A_PERSON, StepKind

MOST_WAYS = 4  # after the first
LONGEST_WAIT = 720  # hours
TWICE = "Name each channel once: what did not get through is not sent the same way again."
ROWS = [(f"then_{n}_channel", f"then_{n}_template") for n in range(1, MOST_WAYS + 1)]


def _channels() -> list[tuple[str, str]]:
    return [("", "–"), *((alias, channel_words(alias)) for alias in settings.DUNNING_CHANNELS)]


class ConditionsForm(forms.ModelForm):  # type: ignore[type-arg]
    conditions = ConditionsField(
        label="Only if",
        help_text="Unless all of these hold on its day the step is skipped, with the reason.",
    )


class WaysForm(ConditionsForm):
    """Rows of channel and text, in the order in which they are tried; empty rows are ignored."""

    goes_to = forms.ChoiceField(
        label="Goes to",
        choices=GOES_TO,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="Where nobody has that role, or cannot be reached, it goes to the primary contact.",
    )
    copied_to = forms.ChoiceField(
        label="Copy to",
        choices=COPIED_TO,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="Reads along when the letter goes by e-mail.",
    )

    wait_hours = forms.IntegerField(
        label="Hours for word of delivery",
        required=False,
        min_value=0,
        max_value=LONGEST_WAIT,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Without word by then that it was delivered, the letter goes the next way too, or a person is asked. "
        "Only where the provider tells of deliveries. 0: word is not waited for.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (channel, template), known in zip(ROWS, self.instance.fallbacks.order_by("place"), strict=False):
            self.initial.update({channel: known.channel, template: known.template_id})

    @property
    def then(self) -> list[tuple[str, Template]]:
        """The rows that are filled in."""
        told = self.cleaned_data
        return [(told[channel], told[template]) for channel, template in ROWS if told.get(channel)]

    def clean_wait_hours(self) -> int:
        return self.cleaned_data["wait_hours"] or 0

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        seen = {self.instance.channel}
        for channel, template in ROWS:
            if bool(told.get(channel)) != bool(told.get(template)):
                self.add_error(template if told.get(channel) else channel, "Choose both a channel and a text, or none.")
            if told.get(channel) in seen:
                self.add_error(channel, TWICE)
            seen |= {told[channel]} if told.get(channel) else set()
        return told


def _rows() -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for n, (channel, template) in enumerate(ROWS):
        asks = {"required": False, "widget": UnfoldAdminSelectWidget}
        found[channel] = forms.ChoiceField(label="Else by" if n else "Then by", choices=_channels, **asks)
        found[template] = forms.ModelChoiceField(Template.objects.order_by("name"), label="Its text", **asks)
    return found


WaysFormWithRows = type("WaysFormWithRows", (WaysForm,), _rows())


@admin.register(Step)
class StepAdmin(StepWords, DeskAdmin):
    list_display = ("__str__", "version", "position", "kind", "says_tone", "goes_by", "template", "only_if")
    list_select_related = ("version__campaign", "template")
    ordering = ("version", "position")
    sortable_by = ()
    linked_by = ("version", "template")
    readonly_fields = (
        "version", "position", "kind", "day", "says_tone", "goes_by", "template", "only_if", "work", "goes_on", "waits",
    )  # fmt: skip

    @admin.display(description="Only if")
    def only_if(self, step: Step) -> str:
        return " and ".join(map(str, from_stored(step.conditions))) or "–"

    @admin.display(description="Then by")
    def goes_on(self, step: Step) -> str:
        ways = step.fallbacks.select_related("template").order_by("place")
        return ", ".join(f"{channel_words(way.channel)} (“{way.template}”)" for way in ways) or "no other way"

    @admin.display(description="Hours for word of delivery")
    def waits(self, step: Step) -> str:
        return str(step.wait_hours or "–")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("fallbacks")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        is_letter = obj and obj.kind == StepKind.REMINDER and self.has_change_permission(request, obj)
        return super().get_form(
            request, obj, change, **{**kwargs, "form": WaysFormWithRows if is_letter else ConditionsForm}
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        is_edited = self.has_change_permission(request, obj)
        told: list[Any] = ["version", ("position", "kind", "day"), ("says_tone", "goes_by", "template")]
        if obj and obj.kind in FOR_A_PERSON:
            told.append("work")
        told.append("conditions" if is_edited else "only_if")
        if obj and obj.kind == StepKind.REMINDER:
            others = max(len(settings.DUNNING_CHANNELS) - 1, obj.fallbacks.count())  # those of channels that went, too
            told += [*ROWS[:others], "wait_hours"] if is_edited else [("goes_on", "waits")]
            told += [("goes_to", "copied_to"), *([] if is_edited else ["message_class"])]
        return told

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        editable = obj is None or (is_draft(obj.version) and obj.kind != StepKind.THANKS)
        return editable and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Step, form: Any, change: bool) -> None:
        now = timezone.now()
        drafts.set_conditions(obj, obj.conditions, now=now)
        if isinstance(form, WaysForm):
            told = form.cleaned_data
            drafts.set_ways(obj, form.then, wait_hours=told["wait_hours"], now=now)
            drafts.set_readers(obj, goes_to=told["goes_to"], copied_to=told["copied_to"], now=now)


@admin.register(StepText)
class StepTextAdmin(ReadOnlyAdmin):
    list_display = ("subject", "step", "channel", "language", "version")
    list_select_related = ("step__version__campaign",)
    ordering = ("-pk",)
    sortable_by = ()
    linked_by = ("step",)

    @admin.display(description="Version")
    def version(self, text: StepText) -> str:
        return str(text.step.version)
