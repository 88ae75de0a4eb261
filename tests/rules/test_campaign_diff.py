"""What two versions differ in, in words and word by word."""

from dataclasses import replace
from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.campaign_diff import changed_words, differences
from dunning.rules.campaign_steps import Text, WrittenStep
from dunning.rules.conditions import check
from dunning.rules.words import Consequence, StepKind, Tone
from tests.rules.campaigns import STEPS, WORDS, action, charge, good_steps, reminder, version


def test_same_version_differs_in_nothing() -> None:
    diff = differences(version(*good_steps()), version(*good_steps()))
    assert diff.is_empty
    assert diff.in_words == []


def test_changes_are_told_in_words() -> None:
    before = version(*good_steps(), charge(0))
    changed = {
        7: replace(good_steps()[2], day=10, announces=Consequence.FEE),
        14: replace(good_steps()[3], tone=Tone.CLEAR, channel="sms"),
    }
    steps = [changed.get(step.day, step) for step in good_steps() if step.day != 30]
    after = version(*steps, charge(3), send_until=time(20), working_days_only=False)
    assert differences(before, after).in_words == [
        "Letters leave 09:00–18:00 → 09:00–20:00, on the customer's clock",
        "Letters leave on any day",
        "Charge of the stored card (day +3): day 0 → day +3",
        "Clear reminder (day +10): day +7 → day +10, announces nothing → a fee",
        "Clear reminder (day +14): tone firm → clear, channel e-mail → text messages",
        "Formal reminder (day +30): removed",
    ]


def test_step_with_another_text_on_the_same_day_is_a_change() -> None:
    diff = differences(version(reminder(7, Tone.CLEAR)), version(reminder(7, Tone.CLEAR, template="Kinder")))
    assert diff.in_words == ["Clear reminder (day +7): text “Text of day 7” → “Kinder”"]


def test_changed_conditions_are_told() -> None:
    large = check("open_amount", "at_least", "500 EUR")
    diff = differences(version(reminder(7, Tone.CLEAR)), version(reminder(7, Tone.CLEAR, conditions=(large,))))
    assert diff.in_words == ["Clear reminder (day +7): always → only if open amount is at least 500.00 EUR"]


def test_changed_work_and_review_are_told() -> None:
    call = action(StepKind.TASK, 10)
    before, after = (
        version(call, reminder(7, Tone.CLEAR)),
        version(
            replace(call, queue="mornings", due_days=4, script="Be kind."),
            reminder(7, Tone.CLEAR, is_reviewed=True),
            is_reviewed=True,
            review_days=5,
        ),
    )
    assert differences(before, after).in_words == [
        "Reminders wait for review",
        "Review expires after working days 3 → 5",
        "Clear reminder (day +7): waits for review",
        "Task (day +10): queue “calls” → “mornings”, days for it 2 → 4, another script",
    ]


def test_changed_words_are_shown_word_by_word() -> None:
    texts = {**WORDS, "en": Text("Your account", "Hello there\n\n{pay_button}")}
    before = reminder(7, Tone.CLEAR, texts={**WORDS, "en": Text("Your account", "Hello Ada\n\n{pay_button}")})
    [change] = differences(version(before), version(replace(before, texts=texts))).steps
    [text] = change.texts
    assert [(piece.kind, piece.words) for piece in text.body] == [
        ("same", "Hello "),
        ("removed", "Ada"),
        ("added", "there"),
        ("same", "\n\n{pay_button}"),
    ]


@given(st.text(alphabet="ab \n", max_size=30), st.text(alphabet="ab \n", max_size=30))
def test_pieces_make_both_texts_again(before: str, after: str) -> None:
    pieces = changed_words(before, after)
    assert "".join(piece.words for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.words for piece in pieces if piece.kind != "removed") == after


@given(STEPS, STEPS)
def test_every_step_stands_in_the_comparison_once(before: list[WrittenStep], after: list[WrittenStep]) -> None:
    diff = differences(version(*before), version(*after))
    assert sorted(c.before.position for c in diff.steps if c.before) == sorted(step.position for step in before)
    assert sorted(c.after.position for c in diff.steps if c.after) == sorted(step.position for step in after)
