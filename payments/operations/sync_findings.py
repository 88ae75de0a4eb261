"""Writing down what of a gateway's books could not be taken in, so that a person sees it: newest word only."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from payments.gateways.accounts import Kind
from payments.models import SyncFinding


class Tally(NamedTuple):
    """How many rows were new, changed, as they were, or refused."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0

    def plus(self, other: "Tally") -> "Tally":
        return Tally(*(mine + more for mine, more in zip(self, other, strict=True)))


class Finding(NamedTuple):
    """One complaint about one field, as people read it."""

    external_id: str
    field: str
    value: str
    problem: str
    remedy: str
    is_refused: bool = True


def note(alias: str, kind: Kind, looked_at: Iterable[str], found: Sequence[Finding], *, now: datetime) -> None:
    """Put what was found in place of all that was found before of the rows that were looked at."""
    SyncFinding.objects.filter(gateway=alias, kind=kind, external_id__in=list(looked_at)).delete()
    rows = [
        SyncFinding(
            gateway=alias,
            kind=kind,
            external_id=one.external_id[:128],
            field=one.field[:32],
            value=one.value[:200],
            problem=one.problem[:300],
            remedy=one.remedy[:300],
            is_refused=one.is_refused,
            found_at=now,
        )
        for one in found
    ]
    SyncFinding.objects.bulk_create(rows, ignore_conflicts=True)
