"""Review: the work list of letters that wait for a manager, and the record of what was decided."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import person
from customers.admin.filters import choice_filter, since_midnight
from customers.deadline import Deadline
from customers.wording import counted
from dunning.admin.review_forms import BIGGEST_ID, WorkListForm
from dunning.models import ReviewDecision
from dunning.operations import review
from dunning.queries.review_list import (
    Pile,
    all_of,
    asked_of,
    decided_lately,
    for_the_list,
    piles,
    progress,
    proposals,
)

PAGE = 50
PATIENCE_SECONDS = 20  # a letter takes a fraction of a millisecond; what is left is said
Verdict = ReviewDecision.Verdict
COLOURS: dict[str, str | None] = {
    Verdict.UNCHANGED: "success",
    Verdict.CHANGED: "info",
    Verdict.DROPPED: "warning",
    Verdict.EXPIRED: "danger",
    Verdict.WITHDRAWN: None,
}


@admin.register(ReviewDecision)
class ReviewDecisionAdmin(ReadOnlyAdmin):
    list_display = ("decided_at", "customer", "step", "what", "decided_by", "reason")
    list_select_related = ("notice__customer", "notice__step", "decided_by")
    list_filter = (choice_filter("verdict", "decision", Verdict.choices), since_midnight("decided_at"))
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "case__customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("case", "notice")
    fields = (("case", "notice"), "what", ("decided_by", "decided_at"), "proposed_at", "reason")

    @admin.display(description="Customer")
    def customer(self, decision: ReviewDecision) -> str:
        return str(decision.notice.customer)

    @admin.display(description="Step")
    def step(self, decision: ReviewDecision) -> str:
        return str(decision.notice.step)

    @badge("Decision", COLOURS)
    def what(self, decision: ReviewDecision) -> Badge:
        return Badge(decision.verdict, decision.get_verdict_display())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("review/", view(self.review_view), name="dunning_reviewdecision_review"),
            path("review/decide/", view(require_POST(self.decide_view)), name="dunning_reviewdecision_decide"),
        ]
        return [*own, *super().get_urls()]

    def review_view(self, request: HttpRequest) -> HttpResponse:
        """The work list: totals first, then the letters."""
        if not request.user.has_perm("dunning.view_reviewdecision"):
            raise PermissionDenied
        now, waiting = timezone.now(), piles()
        campaign, tone = (_number(request.GET.get(name, "")) for name in ("campaign", "tone"))
        chosen = [pile for pile in waiting if campaign in (None, pile.campaign_id) and tone in (None, pile.tone)]
        page = Paginator(for_the_list(proposals(campaign, tone)), PAGE).get_page(request.GET.get("page"))
        rows = [{"notice": notice, "asked": asked_of(notice)} for notice in page]
        context = {
            "title": "Review",
            "now": now,
            "piles": waiting,
            "whole": all_of(waiting),
            "chosen": all_of(chosen),
            "campaign": campaign,
            "tone": tone,
            "narrowed": _words_of(chosen) if campaign or tone else "",
            "page": page,
            "rows": rows,
            "may_decide": request.user.has_perm("dunning.add_reviewdecision"),
            "lately": decided_lately(now),
            "progress": progress(now),
        }
        return TemplateResponse(request, "desk/review.html", {**self.admin_site.each_context(request), **context})

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """Release or drop what was ticked, or release what was not; then back to what is left of the list."""
        if not request.user.has_perm("dunning.add_reviewdecision"):
            raise PermissionDenied
        form = WorkListForm(request.POST)
        ticked = [pk for text in request.POST.getlist("ticked") if (pk := _number(text))]
        if not form.is_valid():
            messages.error(request, "This list was not opened here. Look at it again and press once more.")
            return _back({})
        try:
            messages.success(request, _decided(form.cleaned_data, ticked, request))
        except review.ReviewRefusal as refusal:
            messages.error(request, str(refusal))
        return _back(form.cleaned_data)


def _decided(told: dict[str, Any], ticked: list[int], request: HttpRequest) -> str:
    """One operation call; says what it did, in numbers."""
    rows = proposals(told["campaign"], told["tone"])
    how: dict[str, Any] = {"seen_at": told["seen_at"], "now": timezone.now(), "by": person(request)}
    if told["act"] == WorkListForm.RELEASE_OTHERS:
        at_most = max(0, told["shown"] - len(set(ticked)))
        released = review.release(
            rows.exclude(pk__in=ticked), at_most=at_most, deadline=Deadline(PATIENCE_SECONDS), **how
        )
        return _said(released, at_most, "released")
    if not ticked:
        raise review.ReviewRefusal("Tick the letters that are meant.")
    rows = rows.filter(pk__in=ticked)
    if told["act"] == WorkListForm.RELEASE_TICKED:
        return _said(review.release(rows, **how), len(ticked), "released")
    return _said(review.drop(rows, reason=told["reason"], **how), len(ticked), "dropped")


def _said(done: int, meant: int, verb: str) -> str:
    said = f"{counted(done, 'letter')} {verb}."
    if done < meant:
        said += f" {meant - done:,} had been decided before, were proposed anew, or are left for the next press."
    return said


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and 0 < int(text[:20]) <= BIGGEST_ID else None


def _words_of(chosen: list[Pile]) -> str:
    return ", ".join(f"{pile.campaign}: {pile.tone_words}" for pile in chosen) or "nothing"


def _back(told: dict[str, Any]) -> HttpResponse:
    kept = {name: told[name] for name in ("campaign", "tone") if told.get(name)}
    page = reverse("admin:dunning_reviewdecision_review")
    return HttpResponseRedirect(f"{page}?{urlencode(kept)}" if kept else page)
