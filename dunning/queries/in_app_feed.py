"""What a customer's app shows: the newest notice whose words are still true. Reading it changes nothing."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, QuerySet

from customers.models import Customer
from customers.rules.contact import IN_APP
from dunning.models import Case, InAppNotice, Notice
from dunning.rules.facts import CaseFacts
from dunning.rules.in_app import THANKS_STAY, Loudness, Told, is_still_so, loudness_of
from dunning.rules.plan_facts import StepFact
from dunning.rules.words import Tone
from dunning.snapshot.cases import Subject, gather
from dunning.snapshot.plans import plan, version_of_step

LOOKED_AT = 20  # of the newest kept


class ToShow(NamedTuple):
    """What the app was handed, and the notice it was: with its link and what it names."""

    kept: InAppNotice
    notice: Notice

    def opens(self, now: datetime) -> bool:
        """Whether its link still leads to the customer's page."""
        link = self.notice.link
        return link is not None and link.revoked_at is None and link.expires_at > now

    def loudness(self, now: datetime) -> Loudness:
        """How it is drawn, and whether it can be put away."""
        is_vulnerable = self.notice.customer.vulnerable_since is not None
        asks = bool(self.notice.lines)
        return loudness_of(Tone(self.kept.tone), asks=asks, opens=self.opens(now), is_vulnerable=is_vulnerable)


def feed_of(customer: Customer, *, now: datetime) -> list[ToShow]:
    """At most one notice.

    Two queries where no case is open and no thanks are new; otherwise the facts of a letter as well, read once.
    """
    kept = {one.key: one for one in _kept(customer)}
    lasting = Q(case__state=Case.State.OPEN) | Q(lines=[], finished_at__gt=now - THANKS_STAY)  # thanks name nothing
    left = list(_sent(customer.number, kept).filter(lasting).order_by("-pk")) if kept else []
    facts = _facts_of(left, now)
    for notice in left:
        if is_still_so(_told(notice), facts[notice.case_id], now=now):
            return [ToShow(kept[notice.message_id], notice)]
    return []


def behind(kept: InAppNotice) -> ToShow | None:
    """This with the notice it was; None for what was no notice of a case."""
    notice = _sent(kept.customer_number, [kept.key]).first()
    return ToShow(kept, notice) if notice else None


def _kept(customer: Customer) -> QuerySet[InAppNotice]:
    theirs = InAppNotice.objects.filter(customer_number=customer.number, dismissed_at=None, withdrawn_at=None)
    return theirs.order_by("-pk")[:LOOKED_AT]


def _sent(number: str, keys: Collection[str]) -> QuerySet[Notice]:
    theirs = Notice.objects.filter(customer__number=number, channel=IN_APP, message_id__in=keys)
    return theirs.filter(state=Notice.State.SENT).select_related("case", "customer", "link")


def _facts_of(notices: Collection[Notice], now: datetime) -> dict[int, CaseFacts]:
    """Case id → what is known of it, as the engine looks at it before a letter leaves."""
    cases = {notice.case_id: notice.case for notice in notices}
    subjects = [Subject(case.pk, case.customer_id, case.version_id) for case in cases.values()]
    return dict(zip(cases, gather(subjects, now=now), strict=True)) if subjects else {}


def _told(notice: Notice) -> Told:
    asks = ((int(line["invoice_id"]), date.fromisoformat(line["due_on"]), line["balance"]) for line in notice.lines)
    return Told(
        step=_step(notice.step_id),
        asks=frozenset((pk, due_on, Decimal(balance)) for pk, due_on, balance in asks),
        sent_at=notice.finished_at or notice.queued_at,
        case_is_open=notice.case.state == Case.State.OPEN,
    )


def _step(step_id: int) -> StepFact:
    """The notice's step, by this channel; of a case that was moved since, a step of its former version."""
    version = plan(version_of_step(step_id))
    step = next(step for step in (*version.reminders, version.thanks) if step and step.id == step_id)
    return step if step.channel == IN_APP else replace(step, channel=IN_APP)
