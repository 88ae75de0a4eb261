"""A version of a campaign out to a file, and a file in as the draft of a new campaign: whole or not at all."""

from datetime import datetime

from django.db import transaction

from customers.rules.contact import written_for
from dunning.models import Campaign, CampaignVersion, Step, Template, TemplateText
from dunning.operations.campaigns import unused_name
from dunning.operations.drafts import arrange, set_ways
from dunning.queries.versions import written
from dunning.rules.campaign_file import CampaignFile, FileStep, FileText, dump
from dunning.rules.campaign_reading import load
from dunning.rules.conditions import from_stored, to_stored
from dunning.rules.triggers import Trigger
from dunning.rules.words import Consequence, StepKind, Tone


def export(version: CampaignVersion) -> str:
    """The version as a file: frozen words of a published one, the library's of a draft."""
    steps = list(version.steps.select_related("template").prefetch_related("fallbacks__template").order_by("position"))
    whole = written(version).steps
    words = {(step.position, way.channel): way.texts for step in whole for way in step.by_each_way}
    classes = {step.position: step.message_class for step in whole}
    sent = [(step, step.channel, step.template) for step in steps if step.template]
    sent += [(step, way.channel, way.template) for step in steps for way in step.fallbacks.all()]
    texts = {
        template.key: FileText(
            template.name, Consequence(template.announces), words[step.position, channel], classes[step.position]
        )
        for step, channel, template in sent
    }
    campaign = version.campaign
    return dump(
        CampaignFile(
            name=campaign.name,
            conditions=from_stored(campaign.conditions),
            trigger=Trigger(campaign.trigger),
            priority=campaign.priority,
            send_from=version.send_from,
            send_until=version.send_until,
            working_days_only=version.working_days_only,
            uses_profile=version.uses_profile,
            is_reviewed=version.is_reviewed,
            review_days=version.review_days,
            hours_not_charged=tuple(version.hours_not_charged),
            steps=tuple(_file_step(step) for step in steps),
            texts=texts,
        )
    )


@transaction.atomic
def take_in(source: str, *, name: str, now: datetime) -> CampaignVersion:
    """A new resting campaign with a draft from the file; `name` instead of the file's own, unless empty.

    A text that the library has word for word under the same key is used; one that differs is added under a new key.
    Nothing in the library is changed. Raises CampaignFileRefusal for a file to mend, CampaignRefusal for a name that
    is taken.
    """
    file = load(source)
    draft = _draft(file, unused_name(name or file.name))
    templates = _templates(file)
    steps = [_step(draft, told, templates) for told in file.steps]
    arrange(draft, steps, [], now=now)
    for step, told in zip(steps, file.steps, strict=True):
        then = [(channel, templates[text]) for channel, text in told.then]
        set_ways(step, then, wait_hours=told.wait_hours, now=now)
    return draft


def _draft(file: CampaignFile, name: str) -> CampaignVersion:
    campaign = Campaign.objects.create(
        name=name, trigger=file.trigger.value, conditions=to_stored(file.conditions), priority=file.priority
    )
    return CampaignVersion.objects.create(
        campaign=campaign,
        number=1,
        send_from=file.send_from,
        send_until=file.send_until,
        working_days_only=file.working_days_only,
        uses_profile=file.uses_profile,
        is_reviewed=file.is_reviewed,
        review_days=file.review_days,
        hours_not_charged=list(file.hours_not_charged),
    )


def _templates(file: CampaignFile) -> dict[str, Template]:
    """By the key that the file calls each text."""
    sent = {(step.channel, step.text) for step in file.steps if step.text}
    sent |= {way for step in file.steps for way in step.then}
    channels = {text: written_for(channel) for channel, text in sent}
    return {key: _template(key, file.texts[key], channels[key]) for key in sorted(channels)}


def _step(draft: CampaignVersion, told: FileStep, templates: dict[str, Template]) -> Step:
    return Step(
        version=draft,
        kind=told.kind.value,
        offset_days=told.day,
        tone=told.tone,
        channel=told.channel,
        template=templates.get(told.text),
        conditions=to_stored(told.conditions),
        is_reviewed=told.is_reviewed,
        queue=told.queue,
        script=told.script,
        due_days=told.due_days,
        goes_to=told.goes_to,
        copied_to=told.copied_to,
    )


def _file_step(step: Step) -> FileStep:
    return FileStep(
        kind=StepKind(step.kind),
        day=step.offset_days,
        tone=Tone(step.tone),
        channel=step.channel,
        text=step.template.key if step.template else "",
        conditions=from_stored(step.conditions),
        is_reviewed=step.is_reviewed,
        queue=step.queue,
        script=step.script,
        due_days=step.due_days,
        then=tuple((way.channel, way.template.key) for way in step.fallbacks.all()),
        wait_hours=step.wait_hours,
        goes_to=step.goes_to,
        copied_to=step.copied_to,
    )


def _template(key: str, text: FileText, channel: str) -> Template:
    """The library's template with these very words, or a new one."""
    known = Template.objects.filter(key=key).first()
    if known and _says_the_same(known, text):
        return known
    key, name = (key, text.name) if known is None else _unused(key, text.name)
    told = {"announces": text.announces.value, "message_class": text.message_class.value}
    template = Template.objects.create(key=key, name=name, channel=channel, **told)
    TemplateText.objects.bulk_create(
        TemplateText(template=template, language=language, subject=words.subject, body=words.body)
        for language, words in text.languages.items()
    )
    return template


def _says_the_same(template: Template, text: FileText) -> bool:
    theirs = {(words.language, words.subject, words.body) for words in template.texts.all()}
    ours = {(language, words.subject, words.body) for language, words in text.languages.items()}
    told = (template.announces, template.message_class, theirs)
    return told == (text.announces.value, text.message_class.value, ours)


def _unused(key: str, name: str) -> tuple[str, str]:
    """The key and the name with the lowest number behind them that nobody has."""
    taken = set(Template.objects.filter(key__startswith=key[:40]).values_list("key", flat=True))
    number = next(n for n in range(2, len(taken) + 3) if f"{key[:40]}-{n}" not in taken)
    return f"{key[:40]}-{number}", f"{name[:90]} ({number})"
