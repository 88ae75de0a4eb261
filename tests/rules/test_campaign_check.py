"""The check of a draft: all problems at once, each with its remedy, whatever the order in which steps are read."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.campaign_check import Problem, check
from dunning.rules.campaign_steps import Text, WrittenStep
from dunning.rules.words import ACTIONS, Consequence, StepKind, Tone
from tests.rules.campaigns import BODY, LANGUAGES, STEPS, WORDS, action, charge, good_steps, reminder


def found(*steps: WrittenStep, channels: tuple[str, ...] = ("email",)) -> list[Problem]:
    return check(steps, languages=LANGUAGES, channels=channels, service_hears=True)


def said(*steps: WrittenStep) -> str:
    return " ".join(map(str, found(*steps)))


def test_good_campaign_has_nothing_to_mend() -> None:
    assert found(*good_steps(), charge(0)) == []


def test_campaign_without_reminders_is_refused() -> None:
    assert said(charge(0)) == "The draft has no reminder step. Add one."


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([reminder(7, Tone.FRIENDLY, position=1), reminder(1, Tone.CLEAR, position=2)], "must come later than"),
        ([reminder(1, Tone.FRIENDLY), reminder(1, Tone.FRIENDLY, position=200)], "must come later than"),
        ([reminder(1, Tone.FIRM), reminder(7, Tone.CLEAR)], "is milder than “firm reminder (day +1)”"),
        ([reminder(1, Tone.FRIENDLY), reminder(7, Tone.FIRM)], "Make it clear, or add a clear reminder between"),
        ([reminder(1, Tone.FRIENDLY), charge(3, 1), charge(3, 2)], "Two charges on the same day. Keep one."),
        ([reminder(1, Tone.FRIENDLY), charge(-1)], "Choose day 0 or later"),
        ([reminder(1, Tone.FRIENDLY, channel="sms")], "goes by sms, which is not configured here"),
        ([reminder(1, Tone.FRIENDLY, texts={"en": WORDS["en"]})], "has no text in: de. Write it first."),
        ([reminder(1, Tone.FRIENDLY, texts={**WORDS, "de": Text("Konto", "Hallo")})], "(de) in “friendly reminder"),
    ],
)
def test_what_is_wrong_is_named_with_the_remedy(steps: list[WrittenStep], words: str) -> None:
    assert words in said(*steps)


def test_next_contact_needs_a_reminder_that_follows() -> None:
    body = BODY + "\n\n{next_contact_on}"
    texts = {language: Text("Your account", body) for language in LANGUAGES}
    assert "no reminder follows this one" not in said(reminder(1, Tone.CLEAR, texts=texts), reminder(7, Tone.CLEAR))
    assert "no reminder follows this one" in said(reminder(1, Tone.CLEAR, texts=texts))


def test_announced_charge_needs_a_charge_that_follows() -> None:
    warning = reminder(-3, Tone.FRIENDLY, announces=Consequence.CHARGE)
    assert found(warning, charge(0)) == []
    late = reminder(3, Tone.FRIENDLY, announces=Consequence.CHARGE)
    assert "Add a step of the kind “charge” after it" in said(late, charge(0))


@pytest.mark.parametrize("kind", sorted(set(Consequence) - {Consequence.NOTHING, Consequence.CHARGE}))
def test_what_no_later_step_does_must_not_be_announced(kind: Consequence) -> None:
    [problem] = found(reminder(1, Tone.FRIENDLY, announces=kind), reminder(7, Tone.CLEAR))
    assert problem.step == "friendly reminder (day +1)"
    assert "no later step does it" in problem.says
    assert "take the announcement out" in problem.remedy


@pytest.mark.parametrize(
    ("announced", "kind"),
    [
        (Consequence.RESTRICTION, StepKind.RESTRICT),
        (Consequence.AGENCY, StepKind.HAND_OVER),
        (Consequence.LEGAL, StepKind.LEGAL),
    ],
)
def test_announced_action_needs_its_own_kind_of_step_that_follows(announced: Consequence, kind: StepKind) -> None:
    warning = reminder(7, Tone.FRIENDLY, announces=announced)
    assert found(warning, action(kind, 20)) == []
    assert f"Add a step of the kind “{ACTIONS[kind]}” after it" in said(warning, action(kind, 7, 300))
    assert "no later step does it" in said(warning, action(StepKind.TASK, 20))


def test_restriction_needs_a_service_that_hears_of_it() -> None:
    steps = [reminder(1, Tone.FRIENDLY), action(StepKind.RESTRICT, 20)]
    [problem] = check(steps, languages=LANGUAGES, channels=["email"], service_hears=False)
    assert problem.remedy == "Set SERVICE_WEBHOOK_URL, or take the step out."


def test_two_restrictions_are_refused_and_two_tasks_are_not() -> None:
    letter, kinds = reminder(1, Tone.FRIENDLY), (StepKind.RESTRICT, StepKind.TASK)
    restricts, tasks = ([action(kind, 10), action(kind, 20, 11)] for kind in kinds)
    assert "Two steps of the kind “restriction of the service”. Keep one." in said(letter, *restricts)
    assert found(letter, *tasks) == []


def test_a_text_goes_the_way_it_is_written_for() -> None:
    short = {
        language: Text("Your account", "{company_name}: please look: {pay_link} STOP/BAJA") for language in LANGUAGES
    }
    message = reminder(1, Tone.FRIENDLY, channel="sms", written_for="sms", texts=short)
    channels = ("email", "sms")
    assert found(message, channels=channels) == []
    [as_letter] = found(replace(message, written_for="email", texts=WORDS), channels=channels)
    assert "is written for e-mail. Choose a text that is written for text messages." in str(as_letter)
    assert "is written for text messages" in str(found(replace(message, channel="email"), channels=channels)[0])
    long = {language: Text("Your account", "{pay_link} " + "a" * 300) for language in LANGUAGES}
    assert "at most 2 are paid for" in str(found(replace(message, texts=long), channels=channels)[0])


def test_all_problems_come_at_once() -> None:
    worst = reminder(7, Tone.FIRM, channel="sms", written_for="sms", texts={}, announces=Consequence.FEE)
    assert len(found(reminder(7, Tone.FORMAL, position=1), worst)) == 5


@given(STEPS, st.randoms())
def test_problems_do_not_depend_on_the_order_in_which_steps_are_read(steps: list[WrittenStep], luck: object) -> None:
    shuffled = list(steps)
    luck.shuffle(shuffled)  # type: ignore[attr-defined]
    assert found(*shuffled) == found(*steps)


@given(STEPS)
def test_every_problem_names_a_remedy_and_a_step_that_is_there(steps: list[WrittenStep]) -> None:
    for problem in found(*steps):
        assert problem.says and problem.remedy
        assert problem.step in {"", *map(str, steps)}


@given(STEPS)
def test_what_passes_rises_by_one_tone_and_by_days(steps: list[WrittenStep]) -> None:
    if not found(*steps):
        reminders = [step for step in sorted(steps, key=lambda s: s.position) if step.kind is StepKind.REMINDER]
        for earlier, later in zip(reminders, reminders[1:], strict=False):
            assert earlier.day < later.day
            assert earlier.tone <= later.tone <= earlier.tone + 1
