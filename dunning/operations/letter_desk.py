"""The desk at which letters are written: what a batch of notices needs, read once, and each one's words and link."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from customers.models import Contact, Customer, Invoice
from customers.queries import gone_among
from customers.rules.contact import BY_NUMBER, EMAIL, IN_APP, POST, SMS, written_for
from customers.rules.money import totals
from customers.rules.phone import mobile_or_nothing
from dunning.channels.base import Message
from dunning.models import Case, Feedback, PortalLink
from dunning.operations import links
from dunning.operations.on_paper import for_post
from dunning.operations.parcels import Leased, Parcel, as_stored
from dunning.queries.brand import branding, on_paper
from dunning.queries.links import link_url, unsubscribe_url
from dunning.queries.our_side import our_side
from dunning.rules.brand import Look
from dunning.rules.card_news import card_news
from dunning.rules.facts import CaseFacts, InvoiceFact
from dunning.rules.letter import (
    Choices,
    Letter,
    LetterFacts,
    LetterLine,
    as_html,
    as_sms,
    as_text,
    compile_text,
    compose,
    compose_alone,
    compose_sms,
)
from dunning.rules.letter.choices import choices_for
from dunning.rules.parts import balances_of
from dunning.rules.plan_facts import StepFact
from dunning.rules.readers import copied_to, reader_of
from dunning.rules.recheck import Go, Verdict, Withdraw, recheck
from dunning.rules.words import MessageClass, Outcome
from dunning.snapshot.cases import Subject, gather
from dunning.snapshot.help import Asking, help_of
from dunning.snapshot.limits import marks_of
from dunning.snapshot.step_texts import text_of
from payments.queries.bank import accounts_to_pay_into
from payments.queries.laws import law_book
from payments.queries.open_claims import open_claims
from payments.rules.cost_letters import LateDebt, to_announce
from payments.rules.open_claims import OpenClaim
from payments.rules.transfer import Owing, transfers

COMPOSED_BY = {SMS: compose_sms, IN_APP: compose_alone}


class LetterDesk:
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
        self.brand = branding()
        self.ours = our_side(self.brand)
        self.customers = _by_id(
            Customer.objects.filter(pk__in=customer_ids).values_list(
                "id", "number", "name", "language", "country", "kind", named=True
            )
        )
        self.contacts = Contact.objects.in_bulk({notice.contact_id for notice in notices})
        self.gone = gone_among(self._address(notice).lower() for notice in notices)
        self.accounts = accounts_to_pay_into()
        self.laws = law_book()
        self.claims = open_claims(list(customer_ids), now=now)
        self.links: dict[int, PortalLink] = {}
        invoice_ids = {invoice.id for facts in self.facts.values() for invoice in facts.invoices}
        named = Invoice.objects.filter(pk__in=invoice_ids).values_list("id", "number", "description")
        self.names = {pk: (number, description) for pk, number, description in named}
        mailed = {notice.case_id for notice in notices if notice.channel == EMAIL}
        self.helps = help_of([_asking(self.facts[case_id], now) for case_id in mailed], now=now) if mailed else {}
        self.asked_before = set(Feedback.objects.filter(case__in=mailed).values_list("case_id", flat=True))

    @cached_property
    def look_on_paper(self) -> Look:
        return on_paper(self.brand.look)

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
        address = self._address(notice)
        if notice.step_id not in facts.plan.step_ids:
            return Withdraw(Outcome.SKIPPED, "the case follows another version of the campaign by now")
        if not (address and self._is_for(contact, notice)):
            return Withdraw(Outcome.DELAYED, "the contact has changed since it was queued")
        if (notice.channel, address.lower()) in self.gone:
            return Withdraw(Outcome.DELAYED, "nothing may go to this address any more: what was sent there came back")
        return recheck(facts, self._step(notice), case_is_open=self._is_open(notice), now=now)

    def _is_for(self, contact: Contact, notice: Leased) -> bool:
        """Whether the step would go to this contact today."""
        reader = reader_of(self.facts[notice.case_id], self._step(notice))
        return contact.pk == reader.contact_id if reader else contact.is_primary

    def _copy_address(self, notice: Leased) -> str:
        reader = copied_to(self.facts[notice.case_id], self._step(notice))
        return reader.email if reader and reader.contact_id != notice.contact_id else ""

    def _address(self, notice: Leased) -> str:
        """Where it goes to: an e-mail or postal address, a mobile number as +49…, or the customer's number."""
        contact = self.contacts[notice.contact_id]
        if notice.channel == SMS:
            return mobile_or_nothing(contact.phone, self.customers[notice.customer_id].country)
        if notice.channel in BY_NUMBER:
            return str(self.customers[notice.customer_id].number)
        return contact.postal_address if notice.channel == POST else contact.email

    def _held_as(self, notice: Leased) -> str:
        """The same as the contact has it: by this the last look before leaving sees that it has changed."""
        contact = self.contacts[notice.contact_id]
        held: dict[str, str] = {SMS: contact.phone, POST: contact.postal_address}
        return held.get(notice.channel, contact.email)

    def _step(self, notice: Leased) -> StepFact:
        """The notice's step, by the channel it goes."""
        plan = self.facts[notice.case_id].plan
        step = next(step for step in (*plan.reminders, plan.thanks) if step and step.id == notice.step_id)
        return step if step.channel == notice.channel else replace(step, channel=notice.channel)

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
        url, look = link_url(links.token_of(self.links[notice.id])), self.brand.look
        is_short = written_for(notice.channel) != EMAIL
        message = Message(
            key=f"notice-{notice.id}",
            to=self._address(notice),
            to_name=contact.name or customer.name,
            subject=letter.subject,
            text=as_sms(letter.body, url) if is_short else as_text(letter.body, url),
            html="" if is_short or notice.channel == POST else as_html(letter.body, url, language=language, look=look),
            language=language,
            from_name=self.brand.sender,
            metadata=self._metadata(notice),
            copy_to=self._copy_address(notice),
            unsubscribe_url=self._unsubscribe_url(notice),
        )
        if notice.channel == POST:
            facts = self._letter_facts(notice, verdict, language, lines, now)
            told = {"customer": customer, "contact": contact, "url": url, "look": self.look_on_paper}
            message = for_post(message, letter, facts, **told)
        return self._packed(notice, message, letter, lines)

    def _unsubscribe_url(self, notice: Leased) -> str:
        """Only of advertising (RFC 8058); it outlives the personal link, and does not open the page."""
        is_promotional = self._step(notice).message_class is MessageClass.PROMOTIONAL
        return unsubscribe_url(links.unsubscribing(self.links[notice.id])) if is_promotional else ""

    def _metadata(self, notice: Leased) -> dict[str, str]:
        """What comes back with news; an app shows a notice by its tone."""
        tone = {"tone": str(int(self._step(notice).tone))} if notice.channel == IN_APP else {}
        return {"notice_id": str(notice.id), **tone}

    def _packed(self, notice: Leased, message: Message, letter: Letter, lines: tuple[LetterLine, ...]) -> Parcel:
        return Parcel(
            notice=notice,
            message=message,
            address=self._address(notice),
            held_as=self._held_as(notice),
            letter=letter,
            lines=as_stored(lines),
            link_id=self.links[notice.id].pk,
            case_is_open=self._is_open(notice),
            balances=balances_of(self.facts[notice.case_id].invoices),
            marks=self.marks.get(notice.customer_id, []),
        )

    def letter(self, notice: Leased, verdict: Go, now: datetime) -> tuple[str, Letter]:
        """The language and the words: written anew, unless they were handed over once before."""
        text = text_of(notice.step_id, notice.channel, notice.language or self.customers[notice.customer_id].language)
        if notice.body:
            return text.language, Letter(notice.subject, notice.body)
        words = compile_text(notice.own_subject, notice.own_body) if notice.own_body else text.words
        facts = self._letter_facts(notice, verdict, text.language, self.lines(verdict.invoices), now)
        return text.language, COMPOSED_BY.get(notice.channel, compose)(words, facts)

    def _letter_facts(
        self, notice: Leased, verdict: Go, language: str, lines: tuple[LetterLine, ...], now: datetime
    ) -> LetterFacts:
        facts, customer = self.facts[notice.case_id], self.customers[notice.customer_id]
        is_mail = notice.channel == EMAIL
        return LetterFacts(
            choices=self._choices(notice, lines, now) if is_mail and lines else None,
            asks_how=is_mail and bool(lines) and notice.case_id not in self.asked_before,
            customer_name=customer.name,
            **self.ours,
            language=language,
            country=customer.country,
            today=facts.local(now).date(),
            lines=lines,
            card=card_news(facts, verdict.invoices, now=now),
            next_contact_on=facts.local(verdict.next_at).date() if verdict.next_at else None,
            transfers=transfers(
                customer.number, [Owing(line.number, line.currency, line.balance) for line in lines], self.accounts
            ),
            claims=claims_beside(self.claims.get(notice.customer_id, []), facts, lines),
            costs=to_announce(
                self.laws, late_debts(lines), country=customer.country, who=customer.kind, today=facts.local(now).date()
            ),
            foreseen=facts.foreseen,
            is_promotional=self._step(notice).message_class is MessageClass.PROMOTIONAL,
        )

    def _choices(self, notice: Leased, lines: tuple[LetterLine, ...], now: datetime) -> Choices:
        known, today = self.helps[notice.customer_id], self.facts[notice.case_id].local(now).date()
        owed = totals((line.currency, line.balance) for line in lines if not line.part)
        return choices_for(known.terms, known.standing, owed, today)


def _asking(facts: CaseFacts, now: datetime) -> Asking:
    today = facts.local(now).date()
    return Asking(facts.customer_id, facts.customer.segment, facts.limits.is_vulnerable, today)


def _by_id(rows: Iterable[Any]) -> dict[int, Any]:
    return {row.id: row for row in rows}


def claims_beside(claims: Iterable[OpenClaim], facts: CaseFacts, lines: Sequence[LetterLine]) -> tuple[OpenClaim, ...]:
    """Those on what the letter lists and on what is paid; what it leaves out is asked for nowhere in it."""
    left_out = {invoice.id for invoice in facts.invoices} - {line.invoice_id for line in lines}
    return tuple(claim for claim in claims if claim.invoice_id not in left_out)


def late_debts(lines: Sequence[LetterLine]) -> list[LateDebt]:
    """What is asked for whole; who pays in instalments is told of no costs."""
    return [LateDebt(line.invoice_id, line.due_on, line.balance, line.currency) for line in lines if not line.part]
