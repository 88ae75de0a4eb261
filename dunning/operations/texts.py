"""Changing the library's texts: every wording is kept, and an earlier one can be taken again."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from dunning.models import Template, TemplateText, TextVersion


class TextVersionRefusal(ValueError):
    """It cannot be taken again; the message says why."""


@transaction.atomic
def save(template: Template, write: Callable[[], object], *, by: User, now: datetime) -> None:
    """Call `write`, which stores texts of this template, and keep what they said before and what they say now."""
    texts = list(TemplateText.objects.select_for_update().filter(template=template))
    _keep(texts, by=None, now=now)  # a text that nobody has edited here yet: the words it came with
    write()
    _keep(TemplateText.objects.filter(template=template), by=by, now=now)


@transaction.atomic
def restore(version: TextVersion, *, by: User, now: datetime) -> TemplateText:
    """The text says again what it said in this version. Published campaigns keep the words they were published with.

    Raises TextVersionRefusal when it says so already.
    """
    text = TemplateText.objects.select_for_update().filter(template=version.template, language=version.language).first()
    text = text or TemplateText(template=version.template, language=version.language)
    if (text.subject, text.body) == (version.subject, version.body):
        raise TextVersionRefusal("The text says so already.")
    if text.pk:
        _keep([text], by=None, now=now)
    text.subject, text.body = version.subject, version.body
    text.save()
    _keep([text], by=by, now=now)
    return text


def _keep(texts: Iterable[TemplateText], *, by: User | None, now: datetime) -> None:
    """A row for each text that does not say what its newest row says."""
    for text in texts:
        told = {"template": text.template, "language": text.language}
        newest = TextVersion.objects.filter(**told).order_by("-pk").first()
        if newest is None or (newest.subject, newest.body) != (text.subject, text.body):
            words = {"subject": text.subject, "body": text.body}
            TextVersion.objects.create(**told, **words, written_by=by, written_at=now)
