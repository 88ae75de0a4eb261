"""What no arm may leave out, and what a hold-out leaves out. Letters that law or a contract asks for always go."""

from collections.abc import Sequence

from dunning.rules.campaign_steps import WrittenStep
from dunning.rules.words import CONSEQUENCES, Consequence, StepKind, Tone

KEPT_ANYWAY = (
    StepKind.CHARGE,
    StepKind.RESTRICT,
    StepKind.HAND_OVER,
    StepKind.LEGAL,
    StepKind.WRITE_OFF,
)


def required(steps: Sequence[WrittenStep]) -> tuple[WrittenStep, ...]:
    """The steps that a hold-out keeps.

    A consequence has to be announced before it is carried out, and the formal letter is the one that puts a customer in
    default; where there is neither, the last letter is kept, so that nobody goes without any. Charges, restrictions and
    legal steps are no letters and stay; tasks, calls and thanks do not.
    """
    reminders = [step for step in steps if step.kind is StepKind.REMINDER]
    letters = [step for step in reminders if _is_asked_for(step)] or reminders[-1:]
    return tuple(step for step in steps if step.kind in KEPT_ANYWAY or step in letters)


def left_out(control: Sequence[WrittenStep], arm: Sequence[WrittenStep]) -> list[str]:
    """What the control has that law asks for and the arm has not, in words; empty when the arm may run."""
    announced = {step.announces for step in control} - {step.announces for step in arm} - {Consequence.NOTHING}
    lacks = [f"the letter that announces {CONSEQUENCES[each]}" for each in sorted(announced)]
    if _is_formal(control) and not _is_formal(arm):
        lacks.append("the formal letter")
    if StepKind.LEGAL in {step.kind for step in control} - {step.kind for step in arm}:
        lacks.append("the legal notice")
    return lacks


def _is_asked_for(step: WrittenStep) -> bool:
    return step.tone is Tone.FORMAL or step.announces is not Consequence.NOTHING


def _is_formal(steps: Sequence[WrittenStep]) -> bool:
    return any(step.kind is StepKind.REMINDER and step.tone is Tone.FORMAL for step in steps)
