"""Notices in an app: who may ask for them, how loud they are, and the shipped words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from dunning.rules.campaign_steps import Text, WrittenStep
from dunning.rules.checking import Severity, check_text_of, standing_of
from dunning.rules.facts import CaseFacts, HoldFact, PartFact
from dunning.rules.in_app import (
    LATER,
    LOUDNESS,
    THANKS_STAY,
    Dismissal,
    Mode,
    Told,
    is_still_so,
    loudness_of,
)
from dunning.rules.letter import check_in_app, compile_text, compose_alone
from dunning.rules.limits import Limits, Stop
from dunning.rules.plan_facts import StepFact
from dunning.rules.triggers import Foreseen
from dunning.rules.words import StepKind, Tone
from dunning.texts import shipped_in_app_texts
from tests.rules.cases import DAY_ZERO, case, invoice
from tests.rules.letters import samples

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DUE, LATER_ON = DAY_ZERO, date(2026, 4, 1)
REMINDER = StepFact(3, 3, 30, Tone.FORMAL, "in_app")
OWED = invoice(DUE)
WALL = Told(REMINDER, frozenset([(1, DUE, Decimal(100))]), NOW - HOUR)
THANKS = Told(StepFact(9, 9, 0, Tone.FIRM, "in_app", kind=StepKind.THANKS), frozenset(), NOW - HOUR, case_is_open=False)
EXPIRES = "card_expires:7:2026-03-31"
FORESEEN = Told(StepFact(5, 5, -30, Tone.FRIENDLY, "in_app"), frozenset(), NOW - HOUR)
HELD = (HoldFact("she has died", None),)
TEXTS = shipped_in_app_texts()
TONES = ["friendly", "clear", "firm", "formal"]
LANGUAGES = ["en", "de", "fr", "es"]


def test_the_louder_the_tone_the_less_it_can_be_put_away() -> None:
    told = [(LOUDNESS[tone].mode, LOUDNESS[tone].dismissal) for tone in Tone]
    assert told == [
        (Mode.BANNER, Dismissal.FOR_GOOD),
        (Mode.MODAL, Dismissal.FOR_GOOD),
        (Mode.MODAL, Dismissal.FOR_NOW),
        (Mode.WALL, Dismissal.NEVER),
    ]
    assert sorted(LATER) == sorted(LANGUAGES)


@pytest.mark.parametrize("said", [{"asks": False}, {"opens": False}, {"is_vulnerable": True}])
def test_who_owes_nothing_cannot_pay_by_it_or_is_vulnerable_gets_a_banner_to_put_away(said: dict[str, bool]) -> None:
    usual = {"asks": True, "opens": True, "is_vulnerable": False}
    assert loudness_of(Tone.FORMAL, **usual) == LOUDNESS[Tone.FORMAL]
    for tone in Tone:
        assert loudness_of(tone, **(usual | said)) == LOUDNESS[Tone.FRIENDLY]


def wants_no(*unwanted: tuple[str, str]) -> Limits:
    return Limits(stops=tuple(Stop(*one) for one in unwanted))


@pytest.mark.parametrize(
    "facts",
    [
        case(OWED),
        case(OWED, invoice(LATER_ON, number=2)),
        case(OWED, limits=wants_no(("", "early"), ("", "thanks"), ("sms", ""))),
        case(OWED, holds=(HoldFact("another", None, invoice_id=2), HoldFact("over", DUE))),
    ],
)
def test_a_notice_stays_while_all_it_asks_for_is_asked_for(facts: CaseFacts) -> None:
    assert is_still_so(WALL, facts, now=NOW)
    assert not is_still_so(replace(WALL, case_is_open=False), facts, now=NOW)


@pytest.mark.parametrize(
    "facts",
    [
        case(),
        case(invoice(DUE, balance="40")),
        case(invoice(LATER_ON)),
        case(OWED, holds=HELD),
        case(OWED, holds=(HoldFact("disputed", None, invoice_id=1),)),
        case(OWED, payment_pending=True),
        case(OWED, charge_ordered=True),
        case(OWED, debited=frozenset([1])),
        case(OWED, money_unmatched=True),
        case(OWED, limits=wants_no(("in_app", ""))),
        case(OWED, limits=wants_no(("", "reminders"))),
    ],
)
def test_a_notice_goes_once_it_says_more_than_is_asked_for(facts: CaseFacts) -> None:
    assert not is_still_so(WALL, facts, now=NOW)


def test_what_is_paid_in_parts_is_asked_for_in_parts_only() -> None:
    first, last = (Told(REMINDER, frozenset([(1, day, Decimal(50))]), NOW) for day in (DUE, LATER_ON))
    parts = [
        replace(OWED, due_on=day, balance=Decimal(50), part=PartFact(1, number, 2, NOW))
        for number, day in ((1, DUE), (2, LATER_ON))
    ]
    assert [is_still_so(told, case(*parts), now=NOW) for told in (WALL, first)] == [False, True]
    assert [is_still_so(told, case(parts[1]), now=NOW) for told in (first, last)] == [False, True], "the first is paid"


def test_thanks_stay_for_a_week_where_they_are_wanted() -> None:
    assert is_still_so(THANKS, case(limits=wants_no(("", "reminders"))), now=NOW)
    assert not is_still_so(THANKS, case(), now=NOW + THANKS_STAY)
    for facts in (case(holds=HELD), case(limits=wants_no(("", "thanks")))):
        assert not is_still_so(THANKS, facts, now=NOW)


def test_what_is_foreseen_is_told_only_while_it_is_so() -> None:
    so = case(about=EXPIRES, foreseen=Foreseen(EXPIRES, date(2026, 3, 31)))
    assert is_still_so(FORESEEN, so, now=NOW)
    assert not is_still_so(replace(FORESEEN, case_is_open=False), so, now=NOW)
    for changed in ({"foreseen": None}, {"holds": HELD}, {"limits": wants_no(("", "early"))}):
        assert not is_still_so(FORESEEN, replace(so, **changed), now=NOW)


def test_every_tone_is_written_in_every_language() -> None:
    assert {tone: sorted(texts) for tone, texts in TEXTS.items()} == {tone: sorted(LANGUAGES) for tone in TONES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_shipped_notice_breaks_a_rule_where_it_stands(language: str) -> None:
    days = zip((1, 7, 14, 30), Tone, TONES, strict=True)
    steps = [
        WrittenStep(
            place, StepKind.REMINDER, day, tone, "in_app", key, written_for="in_app",
            texts={code: Text(*text) for code, text in TEXTS[key].items()},
        )
        for place, (day, tone, key) in enumerate(days)
    ]  # fmt: skip
    for step in steps:
        text = step.texts[language]
        assert check_in_app(text.subject, text.body, kind=step.kind, has_next_step=step.position < 3) == []
        found = check_text_of(text, language, standing_of(step, steps, language), Severity.HINT)
        assert [f"{step.template} {finding}" for finding in found] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_notice_fills_in_for_everybody(language: str) -> None:
    for tone in TONES:
        for known in samples(language).values():
            shown = compose_alone(compile_text(*TEXTS[tone][language]), known)
            assert "{" not in shown.subject + shown.body and "\t" not in shown.body


@pytest.mark.parametrize("field", ["pay_button", "invoice_list", "pay_link", "page_button"])
def test_what_has_no_place_in_an_app_is_refused_with_the_remedy(field: str) -> None:
    problems = check_in_app("Hello", f"Look\n\n{{{field}}}", kind=StepKind.REMINDER, has_next_step=True)
    assert any(problem.startswith(f"Take out {{{field}}}") for problem in problems)
    [long] = check_in_app("Hello", "word " * 130, kind=StepKind.REMINDER, has_next_step=True)
    assert "room for 600" in long
