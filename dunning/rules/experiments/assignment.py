"""Which arm a customer is in: the same one whenever it is asked, whoever else takes part, in whatever order."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

PERCENT = 100


@dataclass(frozen=True, slots=True)
class ArmFact:
    """`share`: percent of the customers."""

    id: int
    version_id: int
    name: str
    share: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A running experiment; the shares of its arms make 100. `is_full`: it takes nobody new, and keeps whom it has."""

    id: int
    name: str
    arms: tuple[ArmFact, ...]
    is_full: bool = False


def arm_of(trial: Trial, customer_id: int) -> ArmFact:
    """The customer's arm, by a hash of experiment and customer: nothing else is looked at.

    Another experiment divides the same customers anew.
    """
    told = hashlib.sha256(f"{trial.id}:{customer_id}".encode()).digest()
    return _at(trial.arms, PERCENT * int.from_bytes(told[:8]) / 2**64)


def _at(arms: Sequence[ArmFact], place: float) -> ArmFact:
    for arm in arms:
        place -= arm.share
        if place < 0:
            return arm
    return arms[-1]
