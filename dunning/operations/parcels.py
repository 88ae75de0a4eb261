"""A letter on its way out of the house: the notice that a worker holds, and what it leaves with."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from dunning.channels.base import Message
from dunning.rules.letter import Letter, LetterLine


class Leased(NamedTuple):
    """A notice that this worker holds. `body` is set when it was handed over once before and may be repeated.

    `own_body`: the text with fields that a manager wrote for this letter; empty where the step's is used.
    """

    id: int
    case_id: int
    step_id: int
    customer_id: int
    contact_id: int
    channel: str
    lease_token: uuid.UUID | None
    attempts: int
    link_id: int | None
    language: str
    subject: str
    body: str
    lines: list[dict[str, str]]
    own_subject: str
    own_body: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A notice ready to leave, with the facts it rests on: they are compared once more in the moment of leaving."""

    notice: Leased
    message: Message
    address: str  # as the channel has it
    held_as: str  # the same, as the contact has it
    letter: Letter
    lines: list[dict[str, str]]
    link_id: int
    case_is_open: bool
    balances: list[str]
    marks: list[str]  # of holds and wishes


def as_stored(lines: Sequence[LetterLine]) -> list[dict[str, str]]:
    """What a letter asks for, as it is stored with its notice; `part` only where it is an instalment."""
    return [
        {
            "invoice_id": str(line.invoice_id),
            "number": line.number,
            "due_on": line.due_on.isoformat(),
            "balance": str(Decimal(line.balance)),
            "currency": line.currency,
            **({"part": "{}/{}".format(*line.part)} if line.part else {}),
        }
        for line in lines
    ]
