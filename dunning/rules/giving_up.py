"""Giving up what is open: who may agree to it, and what a payment in between leaves of a proposal. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dunning.rules.decisions import Close, Skip
from dunning.rules.facts import CaseFacts
from dunning.rules.words import Ending


class Verdict(StrEnum):
    WRITE_OFF = "write_off"
    WAITS_FOR_SECOND = "waits_for_second"
    LAPSES = "lapses"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as it stands: invoice id → what was open of it then; who proposed, and who agreed first (user ids)."""

    lines: Mapping[int, Decimal]
    proposed_by: int | None = None
    first_by: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`amounts`: invoice id → what is given up. `says`: why, in words."""

    verdict: Verdict
    says: str = ""
    amounts: tuple[tuple[int, Decimal], ...] = ()


def agree(proposed: Proposed, open_now: Mapping[int, Decimal], *, limit: Decimal, by: int) -> Answer:
    """What the agreement of the manager `by` does. `open_now`: invoice id → its balance; `limit`: for one pair of eyes.

    What was paid meanwhile is not given up. A proposal never gives up more than it named: where more is open of an
    invoice by now, it lapses.
    """
    if by == proposed.proposed_by:
        return Answer(Verdict.REFUSED, "You proposed it yourself: somebody else has to approve it.")
    if by == proposed.first_by:
        return Answer(Verdict.REFUSED, "You have approved it already: another manager has to agree, too.")
    if any(open_now.get(pk, Decimal(0)) > amount for pk, amount in proposed.lines.items()):
        return Answer(Verdict.LAPSES, "more is open by now than was proposed: propose it anew")
    amounts = tuple((pk, open_now[pk]) for pk in sorted(proposed.lines) if open_now.get(pk, Decimal(0)) > 0)
    if not amounts:
        return Answer(Verdict.LAPSES, "nothing of it is open any more")
    if proposed.first_by is None and sum(amount for _, amount in amounts) > limit:
        return Answer(Verdict.WAITS_FOR_SECOND, amounts=amounts)
    return Answer(Verdict.WRITE_OFF, amounts=amounts)


def given_up(facts: CaseFacts) -> Close:
    """The end of a case whose last open amount was written off: nobody is thanked for money that never came."""
    thanks = facts.plan.thanks
    skips = (Skip(thanks, "what was open was written off: there is nothing to thank for"),) if thanks else ()
    return Close(Ending.WRITTEN_OFF, "what was still open has been written off", None, skips)
