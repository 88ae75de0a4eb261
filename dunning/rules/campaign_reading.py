"""Reading a campaign file: checked whole, and every problem names its place in the file and the remedy."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any, NamedTuple

from customers.rules.contact import Role
from dunning.rules.campaign_file import FORMAT, FORMAT_VERSION, CampaignFile, FileStep, FileText
from dunning.rules.campaign_steps import Text
from dunning.rules.conditions import Condition, ConditionRefusal, check
from dunning.rules.triggers import Trigger
from dunning.rules.words import Consequence, MessageClass, StepKind, Tone
from payments.rules.local_hours import DAYTIME

LONGEST_WORDS = 20_000
LONGEST_SCRIPT = 4000
LONGEST_WAIT = 720  # hours
LONGEST_REVIEW, USUAL_REVIEW = 30, 3  # working days
FARTHEST_DAY = 3650
MOST_STEPS = 100
LETTERS = ("send_from", "send_until", "working_days_only", "uses_profile", "is_reviewed", "review_days")


class CampaignFileRefusal(ValueError):
    """The file cannot be taken in; `problems` has a line for each place to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def load(source: str) -> CampaignFile:
    """Read a file. Raises CampaignFileRefusal with everything that is to be mended."""
    try:
        whole = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise CampaignFileRefusal(
            [f"This is no campaign file (no JSON: {error}). Export one to see its form."]
        ) from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise CampaignFileRefusal([f"format: must be “{FORMAT}”. Export a campaign to see the form of such a file."])
    if whole.get("format_version") != FORMAT_VERSION:
        says = (
            f"format_version: this desk reads version {FORMAT_VERSION}. Export the campaign from a desk like this one."
        )
        raise CampaignFileRefusal([says])
    reader = _Reader()
    campaign = _campaign(reader, reader.table(whole, "", {"format", "format_version", *SECTIONS}))
    if reader.problems:
        raise CampaignFileRefusal(reader.problems)
    return campaign


class _Rule(NamedTuple):
    is_fine: Callable[[Any], bool]
    remedy: str
    stand_in: Any  # so that reading goes on to the next problem


def _words(longest: int) -> _Rule:
    def is_fine(value: Any) -> bool:
        return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= longest and "\0" not in value

    return _Rule(is_fine, f"write a text of 1 to {longest} characters", "")


def _one_of(names: Iterable[str]) -> _Rule:
    known = list(names)
    return _Rule(lambda value: isinstance(value, str) and value in known, f"write one of: {', '.join(known)}", known[0])


def _number(least: int, most: int) -> _Rule:
    fine = f"write a whole number from {least} to {most}"
    return _Rule(lambda value: type(value) is int and least <= value <= most, fine, max(least, 0))


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value))


def _lines(least: int, longest: int) -> _Rule:
    def is_fine(value: Any) -> bool:
        return (
            isinstance(value, list)
            and all(isinstance(line, str) and "\0" not in line for line in value)
            and least <= len("\n".join(value)) <= longest
        )

    return _Rule(is_fine, f"write a list of lines, together at most {longest} characters", [])


def _are_hours(value: Any) -> bool:
    """Hours by day, in order, and not all of them."""
    if not isinstance(value, list) or any(type(hour) is not int for hour in value):
        return False
    return value == [hour for hour in DAYTIME if hour in value] != [*DAYTIME]


SECTIONS = ("campaign", "letters", "charges", "steps", "texts")
HOURS = _Rule(_are_hours, f"write some of the hours {DAYTIME[0]} to {DAYTIME[-1]} in brackets, in order, not all", [])
TIME = _Rule(_is_time, "write a time such as 09:00", "09:00")
YES_OR_NO = _Rule(lambda value: type(value) is bool, "write true or false", True)
KEY = re.compile(r"[-\w]{1,50}", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
BODY = _lines(1, LONGEST_WORDS)
TONES = [tone.name.lower() for tone in Tone]
CONSEQUENCES = {kind.value or "nothing": kind for kind in Consequence}
STEP_FIELDS = {
    StepKind.REMINDER: ("kind", "day", "tone", "channel", "text"),
    StepKind.CHARGE: ("kind", "day"),
    StepKind.THANKS: ("kind", "channel", "text"),
    StepKind.TASK: ("kind", "day", "queue", "script", "due_days"),
    StepKind.CALL: ("kind", "day", "queue", "script", "due_days"),
    StepKind.RESTRICT: ("kind", "day"),
    StepKind.HAND_OVER: ("kind", "day"),
    StepKind.LEGAL: ("kind", "day", "queue", "script", "due_days"),
    StepKind.WRITE_OFF: ("kind", "day"),
}
PERHAPS = {
    kind: ("conditions", "is_reviewed", "then", "wait_hours", "goes_to", "copied_to") if kind is StepKind.REMINDER
    else () if kind is StepKind.THANKS
    else ("conditions",)
    for kind in StepKind
}  # fmt: skip


@dataclass
class _Reader:
    """Takes values out of tables, and notes what is wrong with them."""

    problems: list[str] = field(default_factory=list)

    def refuse(self, place: str, remedy: str) -> None:
        self.problems.append(f"{place}: {remedy}.")

    def table(self, value: Any, place: str, known: Iterable[str] | None = None) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(place, "write a table in braces")
            return {}
        if known is not None:
            for name in sorted(set(value) - set(known)):
                self.refuse(f"{place}{'.' if place else ''}{name}", "no such field here: take it out")
        return value

    def value(self, table: dict[str, Any], place: str, name: str, rule: _Rule) -> Any:
        value = table.get(name)
        if rule.is_fine(value):
            return value
        self.refuse(f"{place}.{name}", rule.remedy)
        return rule.stand_in

    def perhaps(self, table: dict[str, Any], place: str, name: str, rule: _Rule, *, otherwise: Any) -> Any:
        """A field that may be left out: files written before it was there lack it."""
        return self.value(table, place, name, rule) if name in table else otherwise


def _campaign(reader: _Reader, whole: dict[str, Any]) -> CampaignFile:
    about = reader.table(whole.get("campaign"), "campaign", ("name", "trigger", "priority", "conditions"))
    letters = reader.table(whole.get("letters"), "letters", LETTERS)
    charges = reader.table(whole.get("charges", {}), "charges", ("hours_left_out",))
    texts = {key: _text(reader, key, text) for key, text in reader.table(whole.get("texts"), "texts").items()}
    first, last = (
        time.fromisoformat(reader.value(letters, "letters", name, TIME)) for name in ("send_from", "send_until")
    )
    if first >= last and not reader.problems:
        reader.refuse("letters.send_until", "write a later time than send_from")
    return CampaignFile(
        name=reader.value(about, "campaign", "name", _words(100)).strip(),
        conditions=_conditions(reader, about, "campaign"),
        trigger=Trigger(reader.value(about, "campaign", "trigger", _one_of(trigger.value for trigger in Trigger))),
        priority=reader.value(about, "campaign", "priority", _number(0, 32767)),
        send_from=first,
        send_until=last,
        working_days_only=reader.value(letters, "letters", "working_days_only", YES_OR_NO),
        uses_profile=reader.value(letters, "letters", "uses_profile", YES_OR_NO),
        is_reviewed=reader.perhaps(letters, "letters", "is_reviewed", YES_OR_NO, otherwise=False),
        review_days=reader.perhaps(
            letters, "letters", "review_days", _number(1, LONGEST_REVIEW), otherwise=USUAL_REVIEW
        ),
        steps=_steps(reader, whole.get("steps"), texts),
        texts=texts,
        hours_not_charged=tuple(reader.perhaps(charges, "charges", "hours_left_out", HOURS, otherwise=[])),
    )


def _steps(reader: _Reader, rows: Any, texts: Mapping[str, FileText]) -> tuple[FileStep, ...]:
    if not isinstance(rows, list) or len(rows) > MOST_STEPS:
        reader.refuse("steps", f"write a list of at most {MOST_STEPS} steps in brackets")
        return ()
    steps = tuple(_step(reader, row, f"steps[{place}]", texts) for place, row in enumerate(rows))
    if sum(step.kind is StepKind.THANKS for step in steps) > 1:
        reader.refuse("steps", "a campaign says thank you once: keep one thanks step")
    return steps


def _step(reader: _Reader, row: Any, place: str, texts: Mapping[str, FileText]) -> FileStep:
    table = reader.table(row, place)
    kind = StepKind(reader.value(table, place, "kind", _one_of(kind.value for kind in StepKind)))
    fields = STEP_FIELDS[kind]
    reader.table(table, place, (*fields, *PERHAPS[kind]))
    least = -FARTHEST_DAY if kind is StepKind.REMINDER else 0
    rules = {
        "day": _number(least, FARTHEST_DAY),
        "tone": _one_of(TONES),
        "channel": _words(16),
        "text": _Rule(lambda key: isinstance(key, str) and key in texts, "name a text of this file, under “texts”", ""),
        "queue": _words(40),
        "script": _lines(0, LONGEST_SCRIPT),
        "due_days": _number(0, FARTHEST_DAY),
    }
    told = {name: reader.value(table, place, name, rules[name]) for name in fields if name != "kind"}
    if "tone" in told:
        told["tone"] = Tone[told["tone"].upper()]
    if "script" in told:
        told["script"] = "\n".join(told["script"])
    return FileStep(
        kind,
        **told,
        conditions=_conditions(reader, table, place),
        is_reviewed=reader.perhaps(table, place, "is_reviewed", YES_OR_NO, otherwise=False),
        then=_ways(reader, table, f"{place}.then", rules),
        wait_hours=reader.perhaps(table, place, "wait_hours", _number(0, LONGEST_WAIT), otherwise=0),
        goes_to=reader.perhaps(table, place, "goes_to", _one_of(Role), otherwise=""),
        copied_to=reader.perhaps(table, place, "copied_to", _one_of(Role), otherwise=""),
    )


def _ways(
    reader: _Reader, table: dict[str, Any], place: str, rules: Mapping[str, _Rule]
) -> tuple[tuple[str, str], ...]:
    """The further ways of a step: channel and text of each."""
    rows = table.get("then", [])
    if not isinstance(rows, list):
        reader.refuse(place, "write a list in brackets")
        return ()
    ways = [reader.table(row, f"{place}[{n}]", ("channel", "text")) for n, row in enumerate(rows)]
    found = [
        tuple(reader.value(way, f"{place}[{n}]", name, rules[name]) for name in ("channel", "text"))
        for n, way in enumerate(ways)
    ]
    channels = [table.get("channel"), *(channel for channel, _ in found)]
    if len(set(map(str, channels))) < len(channels):
        reader.refuse(place, "name each channel once")
    return tuple((channel, text) for channel, text in found)


def _conditions(reader: _Reader, table: dict[str, Any], place: str) -> tuple[Condition, ...]:
    rows = table.get("conditions", [])
    if not isinstance(rows, list):
        reader.refuse(f"{place}.conditions", "write a list in brackets")
        return ()
    found = (_condition(reader, row, f"{place}.conditions[{n}]") for n, row in enumerate(rows))
    return tuple(condition for condition in found if condition)


def _condition(reader: _Reader, row: Any, place: str) -> Condition | None:
    table = reader.table(row, place, ("fact", "operator", "value"))
    told = [reader.value(table, place, name, _words(200)) for name in ("fact", "operator", "value")]
    if not all(told):
        return None
    try:
        return check(*told)
    except ConditionRefusal as refusal:
        reader.refuse(f"{place}.{refusal.field}", str(refusal).removesuffix("."))
        return None


def _text(reader: _Reader, key: str, row: Any) -> FileText:
    place = f"texts.{key}"
    table = reader.table(row, place, ("name", "announces", "class", "languages"))
    if not KEY.fullmatch(key):
        reader.refuse(place, "name it with letters, digits, - and _ only, at most 50")
    languages = reader.table(table.get("languages"), f"{place}.languages")
    return FileText(
        name=reader.value(table, place, "name", _words(100)),
        announces=CONSEQUENCES[reader.value(table, place, "announces", _one_of(CONSEQUENCES))],
        languages={code: _language(reader, code, words, place) for code, words in languages.items()},
        message_class=MessageClass(
            reader.perhaps(table, place, "class", _one_of(MessageClass), otherwise=MessageClass.TRANSACTIONAL)
        ),
    )


def _language(reader: _Reader, code: str, row: Any, place: str) -> Text:
    here = f"{place}.languages.{code}"
    if not LANGUAGE.fullmatch(code):
        reader.refuse(here, "name the language by its code, such as en or de")
    table = reader.table(row, here, ("subject", "body"))
    return Text(reader.value(table, here, "subject", _words(200)), "\n".join(reader.value(table, here, "body", BODY)))
