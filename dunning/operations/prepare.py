"""From a leased notice to a message ready to leave: facts as they are now, the verdict on them, words and a link.

A batch costs a fixed number of queries. Nothing is sent here, and nothing is marked as being sent.
"""

import logging
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from email.utils import parseaddr
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings

from customers.models import Contact, Customer, Invoice
from customers.rules.contact import POST
from dunning.channels.base import Message
from dunning.limit_queries import marks_of
from dunning.models import Case, Notice, PortalLink, StepText
from dunning.operations import links
from dunning.operations.on_paper import for_post
from dunning.queries import link_url
from dunning.rules.card_news import card_news
from dunning.rules.decide import next_opening
from dunning.rules.facts import CaseFacts, InvoiceFact, StepFact
from dunning.rules.letter import (
    CompiledText,
    Letter,
    LetterFacts,
    LetterLine,
    TextRefusal,
    as_html,
    as_text,
    compile_text,
    compose,
)
from dunning.rules.parts import balances_of
from dunning.rules.recheck import Go, PutBack, Verdict, Withdraw, recheck
from dunning.rules.words import Outcome
from dunning.snapshot import Subject, gather
from payments.queries import accounts_to_pay_into
from payments.rules.transfer import Owing, transfers

FALLBACK_LANGUAGE = "en"
logger = logging.getLogger(__name__)


class Leased(NamedTuple):
    """A notice that this worker holds. `body` is set when it was handed over once before and may be repeated.

    `own_body`: the text with fields that a manager wrote for this letter; empty where the step's is used.
    """

    id: int
    case_id: int
    step_id: int
    customer_id: int
    contact_id: int
    channel: str
    lease_token: uuid.UUID | None
    attempts: int
    link_id: int | None
    language: str
    subject: str
    body: str
    lines: list[dict[str, str]]
    own_subject: str
    own_body: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A notice ready to leave, with the facts it rests on: they are compared once more in the moment of leaving."""

    notice: Leased
    message: Message
    address: str  # as the contact has it
    letter: Letter
    lines: list[dict[str, str]]
    link_id: int
    case_is_open: bool
    balances: list[str]
    marks: list[str]  # of holds and wishes


@dataclass(frozen=True, slots=True)
class Prepared:
    parcels: list[Parcel]
    verdicts: list[tuple[Leased, Verdict]]  # those that do not go
    unfit: list[tuple[Leased, str]]  # those whose words cannot be written, and why
    stale: list[Leased]  # handed over before under other facts: only a person can tell


def prepare(notices: Sequence[Leased], *, now: datetime) -> Prepared:
    """Look at the facts again and write the messages of those that may go."""
    desk = _Desk(notices, now)
    prepared = Prepared([], [], [], [])
    going: list[tuple[Leased, Go]] = []
    for notice in notices:
        with _one_stops_no_other(notice, prepared):
            _look_again(desk, notice, prepared, going, now)
    desk.give_links([notice for notice, _ in going], now)
    for notice, verdict in going:
        with _one_stops_no_other(notice, prepared):
            prepared.parcels.append(desk.parcel(notice, verdict, now))
    return prepared


@contextmanager
def _one_stops_no_other(notice: Leased, prepared: Prepared) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        logger.exception("notice %s cannot be prepared", notice.id)
        prepared.unfit.append((notice, f"{type(error).__name__}: {error}"))


def _look_again(
    desk: "_Desk", notice: Leased, prepared: Prepared, going: list[tuple[Leased, Go]], now: datetime
) -> None:
    verdict = desk.verdict(notice, now)
    if isinstance(verdict, PutBack):
        prepared.verdicts.append((notice, verdict))
    elif isinstance(verdict, Withdraw):
        prepared.stale.append(notice) if notice.body else prepared.verdicts.append((notice, verdict))
    elif notice.body and notice.lines != _as_json(desk.lines(verdict.invoices)):
        prepared.stale.append(notice)
    else:
        going.append((notice, verdict))


def proof(notice: Notice, *, now: datetime) -> tuple[str, Letter] | str:
    """Language and words of this letter if it left next, or why it would not; nothing is stored, no link is made."""
    leased = Leased(**{name: getattr(notice, name) for name in Leased._fields})
    desk = _Desk([leased], now)
    facts = desk.facts[notice.case_id]
    leaves_at = now if facts.lets_letters_in(now) else next_opening(facts, now)
    verdict = desk.verdict(leased, leaves_at)
    try:
        return desk.letter(leased, verdict, leaves_at) if isinstance(verdict, Go) else verdict.reason
    except TextRefusal as refusal:
        return str(refusal)


class _Desk:
    """Everything the batch needs, read once."""

    def __init__(self, notices: Sequence[Leased], now: datetime) -> None:
        case_ids = {notice.case_id for notice in notices}
        self.cases = _by_id(
            Case.objects.filter(pk__in=case_ids).values_list("id", "customer_id", "version_id", "state", named=True)
        )
        customer_ids = {notice.customer_id for notice in notices}
        self.marks = marks_of(list(customer_ids))  # before the facts: what comes between is seen in the last look
        subjects = [Subject(case.id, case.customer_id, case.version_id) for case in self.cases.values()]
        self.facts = {s.case_id: facts for s, facts in zip(subjects, gather(subjects, now=now), strict=True)}
        self.our_address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        self.customers = _by_id(
            Customer.objects.filter(pk__in=customer_ids).values_list(
                "id", "number", "name", "language", "country", named=True
            )
        )
        self.contacts = Contact.objects.in_bulk({notice.contact_id for notice in notices})
        self.accounts = accounts_to_pay_into()
        self.links: dict[int, PortalLink] = {}
        invoice_ids = {invoice.id for facts in self.facts.values() for invoice in facts.invoices}
        named = Invoice.objects.filter(pk__in=invoice_ids).values_list("id", "number", "description")
        self.names = {pk: (number, description) for pk, number, description in named}

    def give_links(self, notices: Sequence[Leased], now: datetime) -> None:
        """Each notice keeps the link it was given once, or gets a new one."""
        known = PortalLink.objects.in_bulk({notice.link_id for notice in notices if notice.link_id})
        without = [notice for notice in notices if notice.link_id not in known]
        issued = links.issue_all([notice.customer_id for notice in without], now=now)
        self.links = {notice.id: link for notice, link in zip(without, issued, strict=True)}
        self.links |= {notice.id: known[notice.link_id] for notice in notices if notice.link_id in known}

    def verdict(self, notice: Leased, now: datetime) -> Verdict:
        facts = self.facts[notice.case_id]
        contact = self.contacts[notice.contact_id]
        if not (_address(contact, notice.channel) and contact.is_primary):
            return Withdraw(Outcome.DELAYED, "the contact has changed since it was queued")
        if notice.step_id not in facts.plan.step_ids:
            return Withdraw(Outcome.SKIPPED, "the case follows another version of the campaign by now")
        return recheck(facts, _step(facts, notice.step_id), case_is_open=self._is_open(notice), now=now)

    def _is_open(self, notice: Leased) -> bool:
        return bool(self.cases[notice.case_id].state == Case.State.OPEN)

    def lines(self, invoices: Sequence[InvoiceFact]) -> tuple[LetterLine, ...]:
        return tuple(
            LetterLine(
                invoice.id,
                *self.names[invoice.id],
                invoice.due_on,
                invoice.balance,
                invoice.currency,
                (invoice.part.number, invoice.part.of) if invoice.part else None,
            )
            for invoice in invoices
        )

    def parcel(self, notice: Leased, verdict: Go, now: datetime) -> Parcel:
        lines = self.lines(verdict.invoices)
        customer, contact = self.customers[notice.customer_id], self.contacts[notice.contact_id]
        language, letter = self.letter(notice, verdict, now)
        link = self.links[notice.id]
        url = link_url(links.token_of(link))
        facts = self.facts[notice.case_id]
        message = Message(
            key=f"notice-{notice.id}",
            to=contact.email,
            to_name=contact.name or customer.name,
            subject=letter.subject,
            text=as_text(letter.body, url),
            html=as_html(letter.body, url, language=language) if notice.channel != POST else "",
            language=language,
            metadata={"notice_id": str(notice.id)},
        )
        if notice.channel == POST:
            on_paper = self._letter_facts(notice, verdict, language, lines, now)
            message = for_post(message, letter, on_paper, customer=customer, contact=contact, url=url)
        return Parcel(
            notice=notice,
            message=message,
            address=_address(contact, notice.channel),
            letter=letter,
            lines=_as_json(lines),
            link_id=link.pk,
            case_is_open=self._is_open(notice),
            balances=balances_of(facts.invoices),
            marks=self.marks.get(notice.customer_id, []),
        )

    def letter(self, notice: Leased, verdict: Go, now: datetime) -> tuple[str, Letter]:
        """The language and the words: written anew, unless they were handed over once before."""
        text = text_of(notice.step_id, notice.language or self.customers[notice.customer_id].language)
        if notice.body:
            return text.language, Letter(notice.subject, notice.body)
        words = compile_text(notice.own_subject, notice.own_body) if notice.own_body else text.words
        facts = self._letter_facts(notice, verdict, text.language, self.lines(verdict.invoices), now)
        return text.language, compose(words, facts)

    def _letter_facts(
        self, notice: Leased, verdict: Go, language: str, lines: tuple[LetterLine, ...], now: datetime
    ) -> LetterFacts:
        facts, customer = self.facts[notice.case_id], self.customers[notice.customer_id]
        return LetterFacts(
            customer_name=customer.name,
            company_name=settings.COMPANY_NAME,
            company_address=settings.COMPANY_ADDRESS,
            contact_email=self.our_address,
            language=language,
            country=customer.country,
            today=facts.local(now).date(),
            lines=lines,
            card=card_news(facts, verdict.invoices, now=now),
            next_contact_on=facts.local(verdict.next_at).date() if verdict.next_at else None,
            transfers=transfers(
                customer.number, [Owing(line.number, line.currency, line.balance) for line in lines], self.accounts
            ),
        )


def _address(contact: Contact, channel: str) -> str:
    return contact.postal_address if channel == POST else contact.email


def _by_id(rows: Iterable[Any]) -> dict[int, Any]:
    return {row.id: row for row in rows}


def _step(facts: CaseFacts, step_id: int) -> StepFact:
    steps = (*facts.plan.reminders, facts.plan.thanks)
    return next(step for step in steps if step and step.id == step_id)


def _as_json(lines: Sequence[LetterLine]) -> list[dict[str, str]]:
    return [
        {
            "invoice_id": str(line.invoice_id),
            "number": line.number,
            "due_on": line.due_on.isoformat(),
            "balance": str(Decimal(line.balance)),
            "currency": line.currency,
        }
        for line in lines
    ]


class Text(NamedTuple):
    language: str
    words: CompiledText


@lru_cache(maxsize=1024)
def text_of(step_id: int, language: str) -> Text:
    """The step's words in this language, or in English when it has none. Frozen once published, so remembered."""
    texts = {text.language: text for text in StepText.objects.filter(step_id=step_id)}
    text = texts.get(language) or texts[FALLBACK_LANGUAGE]
    return Text(text.language, compile_text(text.subject, text.body))
