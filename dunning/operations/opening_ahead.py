"""Opening cases about what is foreseen: one for each fact, ever, once its campaign begins to speak about its day."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from dunning.rules.conditions import facts_asked
from dunning.rules.facts import CaseFacts
from dunning.rules.fitting import Offer
from dunning.rules.foretelling import offer_ahead
from dunning.snapshot.cases import Subject, gather
from dunning.snapshot.choosing import offers
from dunning.snapshot.foreseen import Ahead, foreseen, never_told
from dunning.snapshot.plans import plan

BATCH = 2000
# The constraint on `about` makes it one case for each fact, however many workers look at once.
OPEN = """
WITH chosen AS (
  SELECT * FROM json_to_recordset(%(rows)s)
    AS chosen (customer_id bigint, version_id bigint, about text, day date, why text)
), opened AS (
  INSERT INTO dunning_case (customer_id, version_id, about, state, opened_at, level, anchor_on, next_action_at,
                            next_reason, attention, ending, close_reason)
  SELECT customer_id, version_id, about, 'open', %(now)s, 0, day, %(now)s, 'just opened', '', '', '' FROM chosen
  ORDER BY customer_id
  ON CONFLICT DO NOTHING
  RETURNING id, about
), told AS (
  INSERT INTO dunning_caseevent (case_id, happened_at, kind, text)
  SELECT id, %(now)s, 'opened', chosen.why FROM opened JOIN chosen USING (about)
)
SELECT count(*) FROM opened
"""


class Begun(NamedTuple):
    """A fact that a campaign speaks about by now: what a case about it would know, and why this campaign."""

    facts: CaseFacts
    why: str


def open_ahead(*, now: datetime) -> int:
    """Open a case for everything foreseen that a campaign speaks about by now and that never had one; returns how many.

    The version is the newest published one of the active campaign with the lowest priority that is begun by such a
    fact and whose conditions all hold.
    """
    return sum(_open(begun, now) for begun in _begun(now))


def would_open_ahead(*, now: datetime, as_if_active: int | None = None) -> list[CaseFacts]:
    """What the cases that would be opened at `now` would know; writes nothing.

    `as_if_active`: a campaign to be taken for switched on.
    """
    return [one.facts for begun in _begun(now, as_if_active) for one in begun]


def _begun(now: datetime, as_if_active: int | None = None) -> Iterator[list[Begun]]:
    offered = offers(as_if_active, ahead=True)
    if not offered:
        return
    triggers = sorted({offer.trigger for offer in offered})
    ahead = foreseen(triggers, max(offer.reach_days for offer in offered), now=now)
    for start in range(0, len(ahead), BATCH):
        yield _fitting(never_told(ahead[start : start + BATCH]), offered, now)


def _fitting(ahead: Sequence[Ahead], offered: Sequence[Offer], now: datetime) -> list[Begun]:
    asked = facts_asked(condition for offer in offered for condition in offer.conditions)
    subjects = [Subject(None, one.customer_id, offered[0].version_id) for one in ahead]
    known = gather(subjects, now=now, asked=asked) if subjects else []
    found = [
        (one, facts, offer_ahead(facts, one.fact, offered, facts.local(now).date()))
        for one, facts in zip(ahead, known, strict=True)
    ]
    return [_of_campaign(one, facts, offer) for one, facts, offer in found if offer]


def _of_campaign(one: Ahead, facts: CaseFacts, offer: Offer) -> Begun:
    known = replace(facts, plan=plan(offer.version_id), about=one.fact.key, foreseen=one.fact)
    reasons = " and ".join([str(one.fact), *map(str, offer.conditions)])
    return Begun(known, f"Opened: “{offer.name}”, as {reasons}"[:500])


def _open(begun: Sequence[Begun], now: datetime) -> int:
    rows = [
        {
            "customer_id": one.facts.customer_id,
            "version_id": one.facts.plan.version_id,
            "about": one.facts.about,
            "day": one.facts.foreseen.on,
            "why": one.why,
        }
        for one in begun
        if one.facts.foreseen
    ]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"rows": json.dumps(rows, default=str), "now": now})
        return int(cursor.fetchone()[0])
