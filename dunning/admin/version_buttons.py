"""Buttons of a version: publish a draft, move running cases to a published one; both show first what changes."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from customers.admin.buttons import Button, Press
from customers.deadline import Deadline
from customers.wording import counted
from dunning.admin.step_inline import is_draft
from dunning.models import CampaignVersion
from dunning.operations import campaigns, moves, variants
from dunning.queries.versions import (
    advice_on,
    comparison_of,
    problems_of,
    written,
)
from dunning.rehearsal.moving import PAGE, movable, preview

PATIENCE_SECONDS = 10  # whoever asks waits this long; the worker goes on with what is left


def publish(version: CampaignVersion, press: Press) -> str:
    published = campaigns.publish(version, now=press.now)
    return f"{published} is published: new cases follow it from now on."


def publish_as_variant(version: CampaignVersion, press: Press) -> str:
    published = variants.publish_as_variant(version, now=press.now)
    return f"{published} is published for experiments: nobody follows it until one that uses it runs."


def move_cases(version: CampaignVersion, press: Press) -> str:
    move = moves.order(version, now=press.now, by=press.by)
    moves.carry_out(now=press.now, deadline=Deadline(PATIENCE_SECONDS))
    move.refresh_from_db()
    if move.finished_at:
        return f"{counted(move.moved, 'case')} moved to {version}."
    return f"{move.moved:,} of {counted(move.total, 'case')} moved to {version}; the engine goes on with the rest."


def shown_for_publishing(version: CampaignVersion) -> dict[str, Any]:
    whole = written(version)
    return {
        "problems": problems_of(whole),
        "advice": advice_on(version, whole),
        "comparison": comparison_of(version),
    }


def shown_for_moving(version: CampaignVersion, request: HttpRequest) -> dict[str, Any]:
    page = page_of(request)
    shown = preview(version, page=page, now=timezone.now())
    return {"moving": shown, **pages(page, shown.total, PAGE)}


def page_of(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1


def pages(page: int, total: int, size: int) -> dict[str, int]:
    """For the links beneath a preview: which page this is, and the ones beside it; 0 for none."""
    last = max(1, -(-total // size))
    return {"page": page, "last_page": last, "earlier": page - 1, "further": page + 1 if page < last else 0}


def has_cases_to_move(version: CampaignVersion) -> bool:
    return not is_draft(version) and movable(version).exists()


PUBLISH = Button(
    name="publish",
    label="Publish",
    says="Copies the texts into the steps and freezes them. New cases follow this version; running cases "
    "keep theirs. A published version never changes again.",
    permission="dunning.change_campaignversion",
    act=publish,
    offered=is_draft,
    refusals=(campaigns.CampaignRefusal,),
    is_main=True,
    template="desk/publish.html",
    shows=lambda version, request: shown_for_publishing(version),
)
VARIANT = Button(
    name="publish_as_variant",
    label="Publish as a variant",
    says="Freezes the draft for experiments. New cases go on following the newest version; only an experiment gives "
    "this one to some of them.",
    permission="dunning.change_campaignversion",
    act=publish_as_variant,
    offered=is_draft,
    refusals=(campaigns.CampaignRefusal,),
    template="desk/publish.html",
    shows=lambda version, request: shown_for_publishing(version),
)
MOVE = Button(
    name="move_cases",
    label="Move running cases",
    says="Each case is decided anew, on its facts at that moment. What was sent before counts: nothing is sent twice, "
    "and nothing milder. A letter that has not left yet is taken back.",
    permission="dunning.change_campaignversion",
    act=move_cases,
    offered=has_cases_to_move,
    refusals=(campaigns.CampaignRefusal,),
    template="desk/move_cases.html",
    shows=shown_for_moving,
)
