"""A campaign as a file: its steps and their texts in all languages, in an order that never changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from dunning.rules.campaign_steps import Text
from dunning.rules.conditions import Condition, to_stored
from dunning.rules.triggers import Trigger
from dunning.rules.words import FOR_A_PERSON, Consequence, MessageClass, StepKind, Tone

FORMAT, FORMAT_VERSION = "dunning desk campaign", 1


@dataclass(frozen=True, slots=True)
class FileStep:
    """`text`: the key of its text; empty for what sends nothing, for which tone and channel say nothing either."""

    kind: StepKind
    day: int = 0
    tone: Tone = Tone.FRIENDLY
    channel: str = "email"
    text: str = ""
    conditions: tuple[Condition, ...] = ()
    is_reviewed: bool = False
    queue: str = ""
    script: str = ""
    due_days: int = 0
    then: tuple[tuple[str, str], ...] = ()  # channel and text of each further way
    wait_hours: int = 0
    goes_to: str = ""
    copied_to: str = ""


@dataclass(frozen=True, slots=True)
class FileText:
    name: str
    announces: Consequence
    languages: Mapping[str, Text]
    message_class: MessageClass = MessageClass.TRANSACTIONAL


@dataclass(frozen=True, slots=True)
class CampaignFile:
    name: str
    conditions: tuple[Condition, ...]
    trigger: Trigger
    priority: int
    send_from: time
    send_until: time
    working_days_only: bool
    uses_profile: bool
    is_reviewed: bool
    review_days: int
    steps: tuple[FileStep, ...]
    texts: Mapping[str, FileText]
    hours_not_charged: tuple[int, ...] = ()


def dump(campaign: CampaignFile) -> str:
    """The file's text; the same campaign always gives the same text, a line of a letter on a line of its own."""
    charges = {"charges": {"hours_left_out": list(campaign.hours_not_charged)}} if campaign.hours_not_charged else {}
    whole = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "campaign": {
            "name": campaign.name,
            "trigger": campaign.trigger,
            "priority": campaign.priority,
            "conditions": to_stored(campaign.conditions),
        },
        "letters": {
            "send_from": f"{campaign.send_from:%H:%M}",
            "send_until": f"{campaign.send_until:%H:%M}",
            "working_days_only": campaign.working_days_only,
            "uses_profile": campaign.uses_profile,
            "is_reviewed": campaign.is_reviewed,
            "review_days": campaign.review_days,
        },
        **charges,
        "steps": [_dumped_step(step) for step in campaign.steps],
        "texts": {key: _dumped_text(text) for key, text in sorted(campaign.texts.items())},
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _dumped_step(step: FileStep) -> dict[str, Any]:
    conditions = {"conditions": to_stored(step.conditions)} if step.conditions else {}
    match step.kind:
        case StepKind.REMINDER:
            return {**_dumped_reminder(step), **conditions}
        case StepKind.THANKS:
            return {"kind": step.kind, "channel": step.channel, "text": step.text}
        case kind if kind in FOR_A_PERSON:
            work = {"queue": step.queue, "script": step.script.split("\n"), "due_days": step.due_days}
            return {"kind": step.kind, "day": step.day, **work, **conditions}
        case _:
            return {"kind": step.kind, "day": step.day, **conditions}


def _dumped_reminder(step: FileStep) -> dict[str, Any]:
    tone = step.tone.name.lower()
    told = {"kind": step.kind, "day": step.day, "tone": tone, "channel": step.channel, "text": step.text}
    if step.then:
        told["then"] = [{"channel": channel, "text": text} for channel, text in step.then]
    if step.wait_hours:
        told["wait_hours"] = step.wait_hours
    told |= {name: role for name, role in (("goes_to", step.goes_to), ("copied_to", step.copied_to)) if role}
    if step.is_reviewed:
        told["is_reviewed"] = True
    return told


def _dumped_text(text: FileText) -> dict[str, Any]:
    languages = {
        code: {"subject": words.subject, "body": words.body.split("\n")}
        for code, words in sorted(text.languages.items())
    }
    is_usual = text.message_class is MessageClass.TRANSACTIONAL
    its_class = {} if is_usual else {"class": text.message_class.value}
    return {"name": text.name, "announces": text.announces or "nothing", **its_class, "languages": languages}
