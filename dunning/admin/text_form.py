"""The form of a text: what is typed, and beside it what the checker says, at first and while somebody types."""

from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.forms.models import BaseInlineFormSet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from customers.rules.contact import EMAIL
from dunning.models import Template
from dunning.queries.opinions import Opinions, opinions_of
from dunning.queries.text_places import Place, judged, places_of
from dunning.rules.campaign_steps import Text
from dunning.rules.checking import LEVEL_BEGINS, Judgement
from dunning.rules.letter import EXPLANATIONS, FIELDS, FORMS, TextRefusal, compile_text
from dunning.rules.words import Consequence, Tone

# The checker reads as much of a text as may be stored, and a little more.
LONGEST_TYPED = 25_000


def fields_to_insert() -> list[tuple[str, str]]:
    """What the menu offers, and what each becomes."""
    return [("{" + name + "}", field.explanation) for name, field in FIELDS.items()] + [
        (form, EXPLANATIONS[kind]) for kind, form in FORMS.items()
    ]


class CheckedTextarea(UnfoldAdminTextareaWidget):  # type: ignore[misc]
    """A text area with a menu of fields above and the findings beside."""

    template_pk = 0
    shown: dict[str, Any] | None = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        area = super().render(name, value, attrs, renderer)
        urls = {
            "live": reverse("admin:dunning_template_findings", args=[self.template_pk]),
            "page": reverse("admin:dunning_template_check", args=[self.template_pk]),
        }
        fields = fields_to_insert()
        context = {"area": area, "urls": urls, "letter_fields": fields, "name": name, **(self.shown or {})}
        return render_to_string("desk/checked_text.html", context)


class BodyField(forms.CharField):
    """Browsers send their own line ends; a text has the same ones wherever it was typed."""

    widget = CheckedTextarea(attrs={"rows": 22})

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class TextForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)
    body = BodyField()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if "subject" in told and "body" in told:
            try:
                compile_text(told["subject"], told["body"])
            except TextRefusal as refusal:
                self.add_error("body", str(refusal))
        return told


class TextFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """Texts of one template; where it is used is read once for all of them."""

    @cached_property
    def places(self) -> list[Place]:
        return places_of(self.instance.pk) if self.instance.pk else []

    @cached_property
    def opinions(self) -> dict[str, Opinions]:
        return opinions_of(self.instance.pk, now=timezone.now()) if self.instance.pk else {}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        widget = form.fields["body"].widget
        widget.template_pk = self.instance.pk or 0
        language, subject, body = (form[name].value() for name in ("language", "subject", "body"))
        if language and body:
            text = Text(str(subject or "")[:LONGEST_TYPED], str(body)[:LONGEST_TYPED])
            announces = Consequence(self.instance.announces or "")
            told = judged(text, str(language), self.places, announces, channel=self.instance.channel)
            widget.shown = shown(told, self.places, self.opinions)


def shown(told: Judgement, places: list[Place], opinions: dict[str, Opinions]) -> dict[str, Any]:
    """What the panel beside a text tells."""
    levels = sorted(LEVEL_BEGINS.items())
    words = told.tone.words if told.tone else ()
    return {
        "told": told,
        "places": [place.name for place in places],
        "declared": " and ".join(_name(tone) for tone in told.declared),
        "level": _name(told.tone.level) if told.tone else "",
        "levels": [(_name(tone), begins) for tone, begins in levels],
        "friendlier": [w for w, weight in words if weight < 0],
        "more_formal": [w for w, weight in words if weight > 0],
        "grade": f"{told.grade:.0f}" if told.grade is not None else "",
        "is_english": told.language == "en",
        "readers": opinions.get(told.language),
    }


def typed_texts(post: Any) -> list[tuple[str, Text]]:
    """Language and words of every text in a posted page of a template, also of a half-filled one."""
    total = post.get("texts-TOTAL_FORMS", "")
    rows = range(min(int(total), 20) if total.isdecimal() and len(total) < 4 else 0)
    typed = [(post.get(f"texts-{n}-language", ""), text_in(post, f"texts-{n}-")) for n in rows]
    return [(language, text) for language, text in typed if language in dict(settings.LANGUAGES) and text.body]


def text_in(post: Any, prefix: str = "") -> Text:
    return Text(post.get(f"{prefix}subject", "")[:LONGEST_TYPED], post.get(f"{prefix}body", "")[:LONGEST_TYPED])


def channel_in(post: Any, template: Template | None) -> str:
    """What the unsaved page says that the text is written for."""
    return str(post.get("channel", template.channel if template else EMAIL))


def announced_in(post: Any, template: Template | None) -> Consequence:
    """What the unsaved page says that the text announces."""
    said = post.get("announces", template.announces if template else "")
    return Consequence(said) if said in list(Consequence) else Consequence.NOTHING


def _name(tone: Tone) -> str:
    return tone.name.lower()
