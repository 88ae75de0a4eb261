"""To whom a step goes: the primary contact, or whoever has the role it names, where they can be reached. Pure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers.rules.contact import EMAIL

if TYPE_CHECKING:
    from dunning.rules.facts import CaseFacts
    from dunning.rules.plan_facts import StepFact


@dataclass(frozen=True, slots=True)
class Reader:
    """A contact with a role, beside the primary one; `channels`: those on which there is a usable address."""

    contact_id: int
    role: str
    channels: frozenset[str]
    email: str = ""


def reader_of(facts: "CaseFacts", step: "StepFact") -> Reader | None:
    """Who gets the step instead of the primary contact; None where that is nobody, or nobody whom it can reach."""
    reader = _in_role(facts, step.goes_to)
    if reader and any(_is_open(facts, step, reader, channel) for channel in step.ways):
        return reader
    return None


def copied_to(facts: "CaseFacts", step: "StepFact") -> Reader | None:
    """Who gets a copy when the step goes by mail, with their address; nobody who wants no mail."""
    reader = _in_role(facts, step.copied_to)
    if step.channel != EMAIL or reader is None or not _is_open(facts, step, reader, EMAIL):
        return None
    return reader


def channels_to(facts: "CaseFacts", step: "StepFact") -> frozenset[str]:
    """The channels on which whoever gets the step has a usable address."""
    reader = reader_of(facts, step)
    return reader.channels if reader else facts.channels


def forbids(facts: "CaseFacts", step: "StepFact", channel: str) -> bool:
    """True when whoever gets the step does not want it on this channel."""
    reader = reader_of(facts, step)
    return facts.limits.forbids(channel, step.topic, reader.contact_id if reader else None)


def _in_role(facts: "CaseFacts", role: str) -> Reader | None:
    return next((reader for reader in facts.readers if reader.role == role), None) if role else None


def _is_open(facts: "CaseFacts", step: "StepFact", reader: Reader, channel: str) -> bool:
    return channel in reader.channels and not facts.limits.forbids(channel, step.topic, reader.contact_id)
