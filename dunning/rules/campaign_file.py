"""A campaign as a file: its steps and their texts in all languages, in an order that never changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from dunning.rules.campaign_steps import Text
from dunning.rules.conditions import Condition, to_stored
from dunning.rules.triggers import Trigger
from dunning.rules.words import Consequence, StepKind, Tone

FORMAT, FORMAT_VERSION = "dunning desk campaign", 1


@dataclass(frozen=True, slots=True)
class FileStep:
    """`text`: the key of its text; empty for a charge, for which tone and channel say nothing either."""

    kind: StepKind
    day: int = 0
    tone: Tone = Tone.FRIENDLY
    channel: str = "email"
    text: str = ""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class FileText:
    name: str
    announces: Consequence
    languages: Mapping[str, Text]


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
    steps: tuple[FileStep, ...]
    texts: Mapping[str, FileText]


def dump(campaign: CampaignFile) -> str:
    """The file's text; the same campaign always gives the same text, a line of a letter on a line of its own."""
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
        },
        "steps": [_dumped_step(step) for step in campaign.steps],
        "texts": {key: _dumped_text(text) for key, text in sorted(campaign.texts.items())},
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _dumped_step(step: FileStep) -> dict[str, Any]:
    match step.kind:
        case StepKind.CHARGE:
            return {"kind": step.kind, "day": step.day}
        case StepKind.THANKS:
            return {"kind": step.kind, "channel": step.channel, "text": step.text}
        case _:
            tone = step.tone.name.lower()
            told = {"kind": step.kind, "day": step.day, "tone": tone, "channel": step.channel, "text": step.text}
            return {**told, "conditions": to_stored(step.conditions)} if step.conditions else told


def _dumped_text(text: FileText) -> dict[str, Any]:
    languages = {
        code: {"subject": words.subject, "body": words.body.split("\n")}
        for code, words in sorted(text.languages.items())
    }
    return {"name": text.name, "announces": text.announces or "nothing", "languages": languages}
