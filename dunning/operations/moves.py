"""Moving running cases to another version of their campaign: explicitly, in batches, each case decided anew.

What was done under the former version counts by the rule in `rules/carry_over.py`.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import connection, transaction

from customers.crashpoint import crashpoint
from customers.deadline import NO_DEADLINE, Deadline
from dunning.models import Campaign, CampaignVersion, Case, CaseEvent, CaseMove
from dunning.operations.advance import decide_and_apply
from dunning.operations.campaigns import CampaignRefusal, locked_campaign, refuse_beside_an_experiment
from dunning.operations.review import take_back
from dunning.rehearsal.moving import movable
from dunning.rules.review import TakenBack
from dunning.rules.words import Outcome
from dunning.snapshot.cases import Subject

BATCH = 500
MOVED = "the case was moved to another version before it was sent"

# A letter that is being handed over at this moment counts as sent; one that only waits is decided again.
WITHDRAW = f"""
WITH withdrawn AS (
  UPDATE dunning_notice SET state = 'withdrawn', lease_token = NULL, lease_until = NULL, finished_at = %(now)s,
    reason = '{MOVED}'
  WHERE case_id = ANY(%(cases)s) AND state IN ('queued', 'leased')
  RETURNING case_id, step_id
)
UPDATE dunning_steprun run SET outcome = 'skipped', decided_at = %(now)s,
  reason = '{MOVED}',
  because = because || jsonb_build_object('rule', 'moved', 'says', '{MOVED}')
FROM withdrawn WHERE run.case_id = withdrawn.case_id AND run.step_id = withdrawn.step_id
  -- By another way it has been handed over: the step stays taken.
  AND NOT EXISTS (
    SELECT 1 FROM dunning_notice sent WHERE sent.case_id = run.case_id AND sent.step_id = run.step_id
      AND sent.state IN ('calling', 'sent', 'in_doubt'))
"""
FOLLOW = """
UPDATE dunning_case SET version_id = %(version)s, level = coalesce((
  SELECT max(step.tone) FROM dunning_steprun run JOIN dunning_step step ON step.id = run.step_id
  WHERE run.case_id = dunning_case.id AND run.outcome = 'done' AND step.kind = 'reminder'), 0)
WHERE id = ANY(%(cases)s)
"""


@transaction.atomic
def order(version: CampaignVersion, *, now: datetime, by: User | None) -> CaseMove:
    """Ask for all running cases of the campaign to be moved to `version`; `carry_out` does it.

    Raises CampaignRefusal for a draft, when there is nothing to move, and while another move or an experiment is under
    way.
    """
    campaign = locked_campaign(version.campaign_id)
    if version.published_at is None:
        raise CampaignRefusal(f"{version} is still a draft. Publish it first.")
    refuse_beside_an_experiment(campaign)
    refuse_beside_a_move(campaign)
    total = movable(version).count()
    if not total:
        raise CampaignRefusal(f"Every running case of this campaign follows {version} already.")
    return CaseMove.objects.create(version=version, asked_at=now, asked_by=by, total=total)


def refuse_beside_a_move(campaign: Campaign) -> None:
    """Raises CampaignRefusal while cases are moved to another version. Call with the campaign held."""
    if CaseMove.objects.filter(version__campaign=campaign, finished_at=None).exists():
        raise CampaignRefusal("Cases of this campaign are being moved right now. Wait until that has ended.")


def carry_out(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Move cases as ordered, in batches of one short transaction each; returns how many were moved.

    Several workers may run this at once, and a kill loses nothing: a batch and the mark behind it are one transaction.
    """
    moved = 0
    for pk in CaseMove.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True):
        while not deadline.is_over:
            batch = _move_batch(pk, now)
            moved += batch
            if not batch:
                break
    return moved


@transaction.atomic
def _move_batch(pk: int, now: datetime) -> int:
    held = CaseMove.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, finished_at=None)
    move = held.select_related("version__campaign").first()
    if move is None:
        return 0
    # Whoever came since follows what was published since, or chance.
    rows = movable(move.version).filter(pk__gt=move.last_case, opened_at__lte=move.asked_at)
    rows = rows.order_by("pk").select_for_update(of=("self",))
    cases = list(rows[:BATCH])
    if cases:
        _move(cases, move, now)
        move.last_case, move.moved = cases[-1].pk, move.moved + len(cases)
    else:
        move.finished_at = now
    move.save(update_fields=["last_case", "moved", "finished_at"])
    crashpoint("move.before_commit")
    return len(cases)


def _move(cases: list[Case], move: CaseMove, now: datetime) -> None:
    numbers = dict(CampaignVersion.objects.filter(campaign=move.version.campaign_id).values_list("pk", "number"))
    take_back([(case.pk, TakenBack(MOVED, Outcome.SKIPPED)) for case in cases], now=now)
    with connection.cursor() as cursor:
        for statement in (WITHDRAW, FOLLOW):
            cursor.execute(statement, {"cases": [case.pk for case in cases], "version": move.version_id, "now": now})
    CaseEvent.objects.bulk_create(
        CaseEvent(
            case=case,
            happened_at=now,
            kind=CaseEvent.Kind.MOVED,
            text=f"Moved from v{numbers[case.version_id]} to {move.version}; what was sent before counts",
            actor_id=move.asked_by_id,
        )
        for case in cases
    )
    decide_and_apply([Subject(case.pk, case.customer_id, move.version_id) for case in cases], now=now)
