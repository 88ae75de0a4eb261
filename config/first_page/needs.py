"""What needs a person, line by line, with how long the oldest has waited."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone

from config.first_page.figures import Figure, age_of, cases, count, rows
from customers.queries import imports_to_mend
from customers.wording import counted
from dunning.models import Notice
from dunning.queries import overview
from dunning.queries.experiments import to_settle
from dunning.queries.post import letters_waiting
from dunning.rules.words import Attention
from payments.models import BaseRate
from payments.queries.bank import bank_lines_waiting
from payments.queries.base_rates import to_confirm
from payments.queries.gateway_news import sync_findings

CASES = {
    Attention.PARKED: ("case the engine could not decide", "cases the engine could not decide"),
    Attention.NO_ADDRESS: ("customer without an address", "customers without an address"),
    Attention.VULNERABLE: ("vulnerable customer with a step due", "vulnerable customers with a step due"),
    Attention.OPTED_OUT: ("customer who wants no letter that is due", "customers who want no letter that is due"),
    Attention.DECEASED: ("customer who has died", "customers who have died"),
    Attention.INSOLVENCY: ("insolvent customer", "insolvent customers"),
    Attention.HAND_OVER: ("case for the agency", "cases for the agency"),
    Attention.END_OF_ROAD: ("case at the end of its campaign", "cases at the end of their campaign"),
}


def needed(now: datetime) -> list[Figure]:
    """Everything that may wait for somebody, in the order of the page; what does not wait comes with 0."""
    own = [*_cases_and_letters(now), *_replies(now), *_tasks(now)]
    return [*own, *_charges_and_imports(now), *_money(now), *_tables_and_findings()]


def _cases_and_letters(now: datetime) -> Iterator[Figure]:
    of_cases = overview.cases_waiting()
    for kind, words in CASES.items():
        yield count(of_cases[kind], *words, cases(attention=kind.value))
    yield _letters_to_review(now)
    yield _letters_to_print(now)
    notices = overview.notices_waiting()
    unknown = ("notice of unknown fate", "notices of unknown fate")
    yield _waiting(notices[Notice.State.IN_DOUBT], *unknown, now, state="in_doubt")
    yield _waiting(notices[Notice.State.REFUSED], "notice refused", "notices refused", now, state="refused")


def _replies(now: datetime) -> Iterator[Figure]:
    waiting = overview.replies_waiting()
    words = ("reply waits for an answer", "replies wait for an answer")
    yield count(waiting.number, *words, rows("dunning_reply", state="waiting"), age_of(waiting, now))
    asked = overview.requests_waiting()
    words = ("customer's request waits for an answer", "customers' requests wait for an answer")
    yield count(asked.number, *words, rows("dunning_customerrequest", state="waiting"), age_of(asked, now))
    words = ("confirmation that did not leave", "confirmations that did not leave")
    yield count(overview.confirmations_waiting(), *words, rows("dunning_confirmation", stuck="yes"))
    unread = overview.news_not_understood(now)
    words = ("event of mail not understood", "events of mail not understood")
    yield count(unread, *words, rows("dunning_deliveryevent", kind="unknown", received="week"))


def _tasks(now: datetime) -> Iterator[Figure]:
    due = overview.tasks_due(timezone.localdate())
    yield count(due, "task due", "tasks due", rows("dunning_task", due="now"))
    yield _write_offs(now)
    words = ("case at an agency with money since", "cases at an agency with money since")
    yield count(overview.agencies_to_tell(), *words, cases(agency="money"))
    yield _given_up(now)


def _charges_and_imports(now: datetime) -> Iterator[Figure]:
    yield _doubtful_charges(now)
    yield _late_events(now)
    yield _refused_imports(now)


def _money(now: datetime) -> Iterator[Figure]:
    yield _bank_lines()
    credit = overview.payments_with_credit()
    url = rows("payments_payment", credit="left")
    yield count(credit.number, "payment with credit left", "payments with credit left", url, age_of(credit, now))


def _tables_and_findings() -> Iterator[Figure]:
    ended = ("experiment that ended by itself", "experiments that ended by themselves")
    yield count(to_settle(), *ended, rows("dunning_experiment", waits="yes"))
    found = ("finding in a gateway's books", "findings in gateways' books")
    yield count(sync_findings(), *found, rows("payments_syncfinding"))
    unknown = ("unknown code of a refusal", "unknown codes of refusals")
    yield count(overview.unknown_codes(), *unknown, rows("payments_unknowncode"))
    unconfirmed = ("base rate of interest to confirm", "base rates of interest to confirm")
    rates = to_confirm(BaseRate.objects.all(), timezone.localdate())
    yield count(rates.count(), *unconfirmed, rows("payments_baserate", stands="to_confirm"))


def _letters_to_review(now: datetime) -> Figure:
    waiting = overview.letters_to_review()
    words = ("letter waits for review", "letters wait for review")
    return count(waiting.number, *words, reverse("admin:dunning_reviewdecision_review"), age_of(waiting, now))


def _letters_to_print(now: datetime) -> Figure:
    waiting = letters_waiting(now=now)
    words = ("letter waits to be printed", "letters wait to be printed")
    return count(sum(row.number for row in waiting), *words, rows("dunning_printrun"))


def _doubtful_charges(now: datetime) -> Figure:
    doubtful = overview.charges_in_doubt(now)
    url = rows("payments_chargeattempt", unclear="yes")
    return count(doubtful.number, "charge of unknown fate", "charges of unknown fate", url, age_of(doubtful, now))


def _write_offs(now: datetime) -> Figure:
    waiting = overview.write_offs_waiting()
    page = rows("dunning_writeoffproposal", state="open")
    return count(waiting.number, "write-off to decide on", "write-offs to decide on", page, age_of(waiting, now))


def _given_up(now: datetime) -> Figure:
    waiting = overview.service_events_given_up()
    url = rows("dunning_outgoingevent", state="failed")
    words = ("event the service did not take", "events the service did not take")
    return count(waiting.number, *words, url, age_of(waiting, now))


def _late_events(now: datetime) -> Figure:
    late = overview.events_not_looked_up(now)
    url = rows("payments_gatewayevent", late="yes")
    words = ("gateway event without an answer", "gateway events without an answer")
    return count(late.number, *words, url, age_of(late, now))


def _refused_imports(now: datetime) -> Figure:
    refused = imports_to_mend(now).aggregate(imports=Count("pk"), rows=Sum("refused"))
    note = counted(refused["rows"], "row") if refused["imports"] else ""
    url = rows("customers_importrun", mend="yes")
    return count(refused["imports"], "import with refused rows", "imports with refused rows", url, note)


def _bank_lines() -> Figure:
    waiting = bank_lines_waiting()
    days = (timezone.localdate() - waiting.since).days if waiting.since else 0
    age = f"the oldest is {counted(days, 'day')} old" if days else "of today"
    note = age if waiting.since else ""
    url = rows("payments_bankline", state="waiting")
    return count(waiting.number, "bank line waiting", "bank lines waiting", url, note)


def _waiting(waiting: overview.Waiting, one: str, many: str, now: datetime, **query: str) -> Figure:
    return count(waiting.number, one, many, rows("dunning_notice", **query), age_of(waiting, now))
