"""Written steps for rules tests: those of the shipped campaign in short, and random ones."""

from dataclasses import replace
from datetime import time

from hypothesis import strategies as st

from dunning.rules.campaign_steps import Text, WrittenStep, WrittenVersion
from dunning.rules.words import FOR_A_PERSON, Consequence, StepKind, Tone

LANGUAGES = ("de", "en")
NEXT = "What happens next in the coming days: we call. So geht es weiter in den nächsten Tagen: Wir rufen an."
BODY = f"Hello\n\n{{total_open}}\n\n{{invoice_list}}\n\n{{pay_button}}\n\n{NEXT}"
WORDS = {language: Text("Your account", BODY) for language in LANGUAGES}


def reminder(day: int, tone: Tone, **facts: object) -> WrittenStep:
    step = WrittenStep(100 + day, StepKind.REMINDER, day, tone, "email", f"Text of day {day}", texts=WORDS)
    return replace(step, **facts)  # type: ignore[arg-type]


def charge(day: int, position: int = 0) -> WrittenStep:
    return WrittenStep(position or 100 + day, StepKind.CHARGE, day, Tone.FRIENDLY, "")


def action(kind: StepKind, day: int, position: int = 0) -> WrittenStep:
    step = WrittenStep(position or 100 + day, kind, day, Tone.FRIENDLY, "email")
    return replace(step, queue="calls", script="Ask when.", due_days=2) if kind in FOR_A_PERSON else step


def good_steps() -> tuple[WrittenStep, ...]:
    tones = [(-3, Tone.FRIENDLY), (1, Tone.FRIENDLY), (7, Tone.CLEAR), (14, Tone.FIRM), (30, Tone.FORMAL)]
    return tuple(reminder(day, tone) for day, tone in tones)


def version(*steps: WrittenStep, **facts: object) -> WrittenVersion:
    return replace(WrittenVersion(steps, time(9), time(18), True), **facts)  # type: ignore[arg-type]


STEPS = st.lists(
    st.builds(
        WrittenStep,
        position=st.integers(1, 50),
        kind=st.sampled_from(StepKind),
        day=st.integers(-5, 60),
        tone=st.sampled_from(Tone),
        channel=st.sampled_from(["email", "sms"]),
        template=st.sampled_from(["Friendly", "Clear"]),
        announces=st.sampled_from(Consequence),
        texts=st.sampled_from([{}, WORDS, {"en": Text("", BODY)}]),
    ),
    max_size=7,
    unique_by=lambda step: step.position,
)
