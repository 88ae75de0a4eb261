"""Campaigns as files: the same again when read, a stable order, and every fault named with its place."""

import json
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.contact import Role
from dunning.rules.campaign_file import CampaignFile, FileStep, FileText, dump
from dunning.rules.campaign_reading import CampaignFileRefusal, load
from dunning.rules.campaign_steps import Text
from dunning.rules.conditions import check
from dunning.rules.triggers import Trigger
from dunning.rules.words import FOR_A_PERSON, Consequence, MessageClass, StepKind, Tone

LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(str.strip)
TEXTS = st.dictionaries(
    st.from_regex(r"[a-z_-]{1,8}", fullmatch=True),
    st.builds(
        FileText,
        name=LINE,
        announces=st.sampled_from(Consequence),
        languages=st.dictionaries(
            st.sampled_from(["de", "en", "fr"]),
            st.builds(Text, LINE, st.lists(LINE, min_size=1, max_size=3).map("\n".join)),
        ),
        message_class=st.sampled_from(MessageClass),
    ),
    min_size=1,
    max_size=3,
)
CONDITIONS = st.lists(
    st.sampled_from([check("segment", "is", "key"), check("open_amount", "at_least", "500 EUR")]), max_size=2
).map(tuple)


@st.composite
def files(draw: st.DrawFn) -> CampaignFile:
    texts = draw(TEXTS)
    key = st.sampled_from(sorted(texts))
    reminder = st.builds(
        FileStep,
        st.just(StepKind.REMINDER),
        st.integers(-30, 90),
        st.sampled_from(Tone),
        st.just("email"),
        key,
        CONDITIONS,
        st.booleans(),
        goes_to=st.sampled_from(["", *Role]),
        copied_to=st.sampled_from(["", *Role]),
    )
    work = st.builds(
        FileStep,
        st.sampled_from(FOR_A_PERSON),
        st.integers(0, 90),
        queue=LINE,
        script=st.lists(LINE, max_size=3).map("\n".join),
        due_days=st.integers(0, 30),
    )
    deeds = st.builds(FileStep, st.sampled_from([StepKind.RESTRICT, StepKind.HAND_OVER]), st.integers(0, 90))
    steps = draw(st.lists(reminder, max_size=4))
    steps += draw(st.lists(work | deeds, max_size=3))
    steps += [FileStep(StepKind.CHARGE, draw(st.integers(0, 30)))] if draw(st.booleans()) else []
    steps += [FileStep(StepKind.THANKS, text=draw(key))] if draw(st.booleans()) else []
    return CampaignFile(
        name=draw(LINE).strip(),
        conditions=draw(CONDITIONS),
        trigger=draw(st.sampled_from(Trigger)),
        priority=draw(st.integers(0, 32767)),
        send_from=time(8, 30),
        send_until=time(draw(st.integers(9, 23))),
        working_days_only=draw(st.booleans()),
        uses_profile=draw(st.booleans()),
        is_reviewed=draw(st.booleans()),
        review_days=draw(st.integers(1, 30)),
        hours_not_charged=tuple(sorted(draw(st.sets(st.integers(7, 21), max_size=3)))),
        steps=tuple(steps),
        texts=texts,
    )


@given(files())
def test_what_was_written_is_read_again(file: CampaignFile) -> None:
    assert load(dump(file)) == file


@given(files())
def test_same_campaign_gives_the_same_file_whatever_the_order_of_its_texts(file: CampaignFile) -> None:
    texts = dict(reversed(list(file.texts.items())))
    assert dump(CampaignFile(**{**{name: getattr(file, name) for name in file.__slots__}, "texts": texts})) == dump(
        file
    )


@given(st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_anything_else_is_refused_with_words(source: str) -> None:
    with pytest.raises(CampaignFileRefusal) as refusal:
        load(source)
    assert refusal.value.problems


def good() -> dict[str, Any]:
    text = FileText("Friendly", Consequence.NOTHING, {"en": Text("Your account", "Hello\n\nBye")})
    step = FileStep(StepKind.REMINDER, 1, Tone.FRIENDLY, "email", "friendly")
    when = (time(9), time(18), True, True, False, 3)
    file = CampaignFile("Gentle", (), Trigger.OVERDUE, 100, *when, (step,), {"friendly": text})
    whole: dict[str, Any] = json.loads(dump(file))
    return whole


def put(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(whole: dict[str, Any]) -> None:
        table: Any = whole
        for name in path[:-1]:
            table = table[name]
        table[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (put("format", value="else"), "format: must be"),
        (put("format_version", value=2), "format_version: this desk reads version 1"),
        (put("campaign", value=[]), "campaign: write a table"),
        (put("campaign", "name", value=" "), "campaign.name: write a text of 1 to 100 characters"),
        (put("campaign", "colour", value="red"), "campaign.colour: no such field here: take it out"),
        (put("campaign", "priority", value=True), "campaign.priority: write a whole number"),
        (put("campaign", "conditions", value="all"), "campaign.conditions: write a list"),
        (put("steps", 0, "conditions", value=[{}]), "steps[0].conditions[0].fact: write a text"),
        (
            put("campaign", "conditions", value=[{"fact": "mood", "operator": "is", "value": "good"}]),
            "campaign.conditions[0].fact: “mood” is no fact that can be asked about",
        ),
        (put("letters", "send_from", value="9"), "letters.send_from: write a time such as 09:00"),
        (put("charges", value={"hours_left_out": [9, 3]}), "charges.hours_left_out: write some of the hours 7 to 21"),
        (put("letters", "send_until", value="08:00"), "letters.send_until: write a later time"),
        (put("steps", value={}), "steps: write a list"),
        (put("steps", 0, "kind", value="visit"), "steps[0].kind: write one of: reminder, charge, thanks"),
        (put("steps", 0, "day", value="7"), "steps[0].day: write a whole number"),
        (put("steps", 0, "tone", value="rude"), "steps[0].tone: write one of: friendly"),
        (put("steps", 0, "text", value="nowhere"), "steps[0].text: name a text of this file"),
        (put("steps", 0, value={"kind": "charge", "day": -1}), "steps[0].day: write a whole number from 0"),
        (put("steps", 0, value={"kind": "charge", "day": 0, "tone": "firm"}), "steps[0].tone: no such field"),
        (put("steps", 0, value={"kind": "task", "day": -1}), "steps[0].day: write a whole number from 0"),
        (put("steps", 0, value={"kind": "task", "day": 5}), "steps[0].queue: write a text of 1 to 40 characters"),
        (put("steps", 0, value={"kind": "restrict", "day": 5, "queue": "calls"}), "steps[0].queue: no such field"),
        (put("letters", "review_days", value=0), "letters.review_days: write a whole number from 1 to 30"),
        (put("steps", 0, "is_reviewed", value="yes"), "steps[0].is_reviewed: write true or false"),
        (put("texts", "friendly", "announces", value="war"), "texts.friendly.announces: write one of: nothing"),
        (put("texts", "friendly", "languages", "en", "body", value="Hello"), "en.body: write a list of lines"),
        (put("texts", "a b", value={}), "texts.a b: name it with letters"),
        (put("texts", "friendly", "languages", "English", value={}), "languages.English: name the language"),
    ],
)
def test_fault_names_its_place_and_the_remedy(change: Callable[[dict[str, Any]], None], says: str) -> None:
    whole = good()
    change(whole)
    with pytest.raises(CampaignFileRefusal) as refusal:
        load(json.dumps(whole))
    assert any(says in problem for problem in refusal.value.problems), refusal.value.problems


def test_all_faults_come_at_once() -> None:
    whole = good()
    for change in (put("campaign", "name", value=""), put("steps", 0, "day", value=1.5), put("letters", value=None)):
        change(whole)
    with pytest.raises(CampaignFileRefusal) as refusal:
        load(json.dumps(whole))
    assert len(refusal.value.problems) == 7


def test_two_thanks_are_refused() -> None:
    whole = good()
    whole["steps"] = [{"kind": "thanks", "channel": "email", "text": "friendly"}] * 2
    with pytest.raises(CampaignFileRefusal, match="keep one thanks step"):
        load(json.dumps(whole))


def test_file_from_before_there_was_review_is_read() -> None:
    whole = good()
    del whole["letters"]["is_reviewed"], whole["letters"]["review_days"]
    assert (load(json.dumps(whole)).is_reviewed, load(json.dumps(whole)).review_days) == (False, 3)
