"""Everything the case page shows, read in a fixed number of queries and put in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from customers.models import Contact, ContactStop, Hold, Invoice
from customers.queries import Owed, gone_among, holds_in_force, open_invoices, owed_by
from customers.rules.contact import CALL, EMAIL, SMS
from customers.rules.phone import dialled, mobile_or_nothing
from dunning.models import Case, HandedCase, Notice, OutgoingEvent, Task, WriteOffProposal
from dunning.queries.behaviour import Told, told
from dunning.queries.handed import paid_since_handed
from dunning.queries.happening import Happening
from dunning.queries.service import restriction_of
from dunning.queries.story import story
from dunning.queries.why import Explained
from dunning.rules.words import Attention, Tone
from payments.models import BankLine, InstalmentPlan, PlanInvoice
from payments.queries.bank import money_waiting
from payments.queries.money import unapplied_of
from payments.queries.plans import with_progress

SHOWN_INVOICES = 100
SHOWN_LINES = 20

LEVELS = {
    0: "no reminder sent yet",
    Tone.FRIENDLY: "friendly: level 1 of 4",
    Tone.CLEAR: "clear: level 2 of 4",
    Tone.FIRM: "firm: level 3 of 4",
    Tone.FORMAL: "formal: level 4 of 4",
}
NEEDS = {
    Attention.PARKED: "The engine could not decide on this case. It tries again every hour; please have a look.",
    Attention.NO_ADDRESS: "There is no address for the channel of this step. Add one on the customer's page.",
    Attention.OPTED_OUT: "The customer does not want the letter that is due. Call, or release what stops it.",
    Attention.VULNERABLE: "The customer is marked as vulnerable. Send what is due yourself, or find another way.",
    Attention.DECEASED: "The customer has died. Nothing goes out; speak with whoever settles the estate.",
    Attention.INSOLVENCY: "The customer is insolvent. Nothing goes out; file what is owed with the administrator.",
    Attention.REVIEW: "A manager decides under Review whether this letter leaves. Nothing else is sent meanwhile.",
    Attention.HAND_OVER: "The campaign ends with an agency. Hand the case over, or decide otherwise.",
    Attention.END_OF_ROAD: "All reminders of the campaign have gone out. Decide what comes next.",
}


class KnownContact(NamedTuple):
    """A contact, and its addresses to which nothing may go any more; empty where all may."""

    contact: Contact
    gone_email: str
    gone_number: str  # as text messages dial it
    gone_call: str  # as calls do


@dataclass(slots=True)
class CaseFile:
    """The case, the customer, what is owed, what happened and what comes next."""

    case: Case
    level: str
    needs: str
    contacts: list[KnownContact]
    totals: list[Owed]
    invoices: list[Invoice]
    has_more_invoices: bool
    holds: list[Hold]
    stops: list[ContactStop]
    credit: list[tuple[str, Decimal]]
    arrived: list[BankLine]
    plans: list[InstalmentPlan]
    covered: set[int]
    tasks: list[Task]
    restriction: OutgoingEvent | None
    handed: HandedCase | None
    paid_since: list[tuple[str, Decimal]]
    told: Told | None
    write_offs: list[WriteOffProposal]  # that wait for a manager
    proposal: Notice | None = None
    happenings: list[Happening] = field(default_factory=list)


def case_file(case: Case, steps: Sequence[Explained] = (), *, today: date) -> CaseFile:
    """Read the whole file of one case; `steps`: those it has taken; `today` is the desk's day."""
    invoices = list(open_invoices(case.customer_id, today)[: SHOWN_INVOICES + 1])
    theirs = PlanInvoice.objects.filter(plan__customer=case.customer_id, released_at=None)
    plans = list(with_progress(InstalmentPlan.objects.filter(customer=case.customer_id)).order_by("-pk")[:SHOWN_LINES])
    handed = HandedCase.objects.select_related("hand_over", "case").filter(case=case, taken_back_at=None).first()
    return CaseFile(
        case=case,
        level=LEVELS.get(case.level, str(case.level)),
        needs=NEEDS.get(Attention(case.attention), ""),
        contacts=_contacts(case),
        totals=owed_by(case.customer_id, today),
        invoices=invoices[:SHOWN_INVOICES],
        has_more_invoices=len(invoices) > SHOWN_INVOICES,
        holds=list(holds_in_force(today).filter(customer=case.customer_id).select_related("invoice", "placed_by")),
        stops=list(ContactStop.objects.filter(customer=case.customer_id, released_at=None).order_by("pk")),
        credit=unapplied_of(case.customer_id),
        plans=[plan for plan in plans if plan.state == InstalmentPlan.State.ACTIVE],
        covered=set(theirs.values_list("invoice", flat=True)),
        told=told(case.customer_id),
        arrived=list(money_waiting(case.customer_id)[:SHOWN_LINES]),
        tasks=list(Task.objects.filter(case=case, state=Task.State.OPEN).select_related("assignee").order_by("due_on")),
        restriction=restriction_of(case.customer_id),
        handed=handed,
        paid_since=paid_since_handed(handed) if handed else [],
        write_offs=list(case.write_off_proposals.filter(state=WriteOffProposal.State.OPEN).order_by("pk")),
        proposal=case.notices.filter(state=Notice.State.PROPOSED).first(),
        happenings=story(case, steps),
    )


def _contacts(case: Case) -> list[KnownContact]:
    contacts = Contact.objects.filter(customer=case.customer_id).order_by("-is_primary", "pk")
    country = case.customer.country
    known = [
        (one, {EMAIL: one.email.lower(), SMS: mobile_or_nothing(one.phone, country), CALL: dialled(one.phone, country)})
        for one in contacts
    ]
    gone = gone_among(address for _, by_channel in known for address in by_channel.values() if address)
    return [
        KnownContact(one, *(address if (channel, address) in gone else "" for channel, address in by_channel.items()))
        for one, by_channel in known
    ]
