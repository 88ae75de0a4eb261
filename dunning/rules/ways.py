"""By which of its ways a step goes to a customer: the first, in the campaign's order or theirs, that is open. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from customers.rules.contact import address_words, way_words
from dunning.rules.habits import preferred_first
from dunning.rules.readers import channels_to, forbids
from dunning.rules.words import Attention, Rule

if TYPE_CHECKING:
    from dunning.rules.facts import CaseFacts
    from dunning.rules.plan_facts import StepFact


@dataclass(frozen=True, slots=True)
class Way:
    """`step` as it goes to this customer: its channel is the one it goes by. `because`: why not by its first one."""

    step: "StepFact"
    because: str = ""


@dataclass(frozen=True, slots=True)
class NoWay:
    """None of the step's ways is open. `noes`: why, one after the other; what a person is asked to look at."""

    step: "StepFact"
    noes: str
    attention: Attention
    rule: Rule


def way_of(facts: "CaseFacts", step: "StepFact", *, tried: frozenset[str] = frozenset()) -> Way | NoWay:
    """How the step goes to the customer, ways that were `tried` left out.

    A step with one way keeps it, open or not: whoever sends it says what keeps it back.
    """
    if not step.then and not tried:
        return Way(step)
    noes: list[str] = []
    lacks_address = False
    for channel in preferred_first(facts.habit, step.ways):
        if channel in tried:
            continue
        no = _why_not(facts, step, channel)
        if not no:
            because = _because(facts, step, channel, noes)
            return Way(step if channel == step.channel else replace(step, channel=channel), because)
        lacks_address = lacks_address or channel not in channels_to(facts, step)
        noes.append(no)
    if lacks_address:
        return NoWay(step, "; ".join(noes), Attention.NO_ADDRESS, Rule.NO_ADDRESS)
    return NoWay(step, "; ".join(noes), Attention.OPTED_OUT, Rule.WISH)


def is_open(facts: "CaseFacts", step: "StepFact") -> bool:
    """Whether the step can go to the customer by any of its ways."""
    return any(not _why_not(facts, step, channel) for channel in step.ways)


def _why_not(facts: "CaseFacts", step: "StepFact", channel: str) -> str:
    if channel not in channels_to(facts, step):
        if any(channel in run.came_back for run in facts.runs if run.step_id == step.id):
            return f"what went by {way_words(channel)} came back"
        return f"no usable {address_words(channel)} on file"
    if forbids(facts, step, channel):
        return f"the customer wants none by {way_words(channel)}"
    return ""


def _because(facts: "CaseFacts", step: "StepFact", channel: str, noes: list[str]) -> str:
    words = list(_reasons(facts, step, channel, noes))
    return f"; by {way_words(channel)}, as {' and '.join(words)}" if words else ""


def _reasons(facts: "CaseFacts", step: "StepFact", channel: str, noes: list[str]) -> Iterator[str]:
    if channel != step.channel and channel == facts.habit.channel:
        yield "they usually pay after one that came so"
    yield from noes
