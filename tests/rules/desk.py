"""A desk on paper: one customer, looked after by all rules together as the engine looks after them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from dunning.rules.by_hand import hurry
from dunning.rules.conditions import first_unmet
from dunning.rules.consequences import Charges, carried_out
from dunning.rules.decide import decide
from dunning.rules.decisions import Charge, Close, Decision, Send, Wait
from dunning.rules.facts import CaseFacts, RunFact, SentFact
from dunning.rules.fitting import situation_of
from dunning.rules.plan_ahead import acts_of, next_wait, runs_of, with_contact
from dunning.rules.plan_facts import StepFact
from dunning.rules.recheck import Go, PutBack, may_act, may_act_by_itself, on_its_way, recheck, recheck_proposal
from dunning.rules.review import amounts_of, asked_for
from dunning.rules.words import LEFT_TO_A_PERSON, Delivery, Outcome
from tests.rules.refusals import BOOK


@dataclass
class Desk:
    """What stands in the ledger, when the clock rings, and what was done since the case was opened.

    `tones`: of the letters that left; `taken`: the actions with their days. Every turn checks what never may be.
    """

    facts: CaseFacts
    charges: Charges
    rings_at: datetime
    tones: list[int] = field(default_factory=list)
    taken: list[tuple[date, StepFact]] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.facts = replace(self.facts, book=BOOK)

    def turn(self, now: datetime) -> Decision | None:
        """What waits to leave has its last look; then the case is decided, if its clock has rung."""
        self._leave(now)
        return self._decide(now) if self.rings_at <= now else None

    def wake(self, now: datetime) -> None:
        """Something happened: the case is looked at in the next turn."""
        self.rings_at = min(self.rings_at, now)

    def hurry(self, now: datetime) -> None:
        """A person sends the next step before its day, whatever it is, if that may be."""
        for step in self.facts.plan.reminders:
            send = hurry(self.facts, now=now, who="nia", meant=step.id)
            if isinstance(send, Send):
                self._write(send, now)

    def release(self, now: datetime) -> None:
        """A manager lets go what waits for review."""
        if run := self._waiting(Delivery.PROPOSED):
            self._put(replace(run, delivery=Delivery.PENDING, decided_at=now, asked=()))
            self.rings_at = now + timedelta(hours=1)

    def drop(self, now: datetime) -> None:
        """A manager drops what waits for review."""
        if run := self._waiting(Delivery.PROPOSED):
            self._put(RunFact(run.step_id, Outcome.SKIPPED, now, by_hand=True))
            self.wake(now)

    def _leave(self, now: datetime) -> None:
        run = self._waiting(Delivery.PENDING)
        if run is None:
            return
        step = on_its_way(self.facts.plan, run)
        verdict = recheck(self.facts, step, case_is_open=True, now=now)
        if isinstance(verdict, Go):
            self._check_letter(step, run, now)
            named = frozenset(invoice.id for invoice in verdict.invoices)
            assert named and (verdict.next_at is None or verdict.next_at > now)
            self._put(
                replace(run, delivery=Delivery.REACHED, named=run.named | named, by="", sent=self._sent(run, step, now))
            )
            self.facts = replace(self.facts, limits=with_contact(self.facts, step.channel, at=now))
            self._check_caps(step.channel)
        elif isinstance(verdict, PutBack):
            assert verdict.until > now
        else:
            gone = RunFact(step.id, verdict.outcome, now, run.by_hand)
            self._put(replace(run, delivery=Delivery.REACHED, by="") if run.sent else gone)
            self.wake(now)

    def _sent(self, run: RunFact, step: StepFact, now: datetime) -> tuple[SentFact, ...]:
        """Of each third letter it is heard that it was delivered, of the others nothing more than that they left."""
        word = "" if len(self.left) % 3 else "delivered"
        return (*run.sent, SentFact(step.channel, now, word, is_told=True)) if step.wait_hours else ()

    def _decide(self, now: datetime) -> Decision:
        proposal = recheck_proposal(self.facts, now=now)
        if isinstance(proposal, Wait):
            return self._write(proposal, now)
        if proposal and (run := self._waiting(Delivery.PROPOSED)):
            self._put(RunFact(run.step_id, proposal.outcome, now))
        return self._write(decide(self.facts, now=now), now)

    def _write(self, decision: Decision, now: datetime) -> Decision:
        if isinstance(decision, Close):
            self._open_anew(now)
            return decision
        before, wait = self.facts, next_wait(self.facts, decision, now=now)
        assert wait and wait.until > now
        assert wait.next_letter_at is None or wait.next_letter_at > now
        self.rings_at = wait.until
        for act in acts_of(decision):
            self._check_act(act.step, now)
            self.taken.append((self.facts.local(now).date(), act.step))
        for step, outcome, _ in runs_of(before, decision):
            if isinstance(decision, Send) and decision.after_silence and step == decision.step:
                run = next(run for run in self.facts.runs if run.step_id == step.id)
                self._put(replace(run, delivery=Delivery.PENDING, by=step.channel))
                continue
            assert all(run.step_id != step.id or run.outcome == Outcome.DELAYED for run in self.facts.runs)
            self._put(self._line(before, decision, step, outcome, now))
        if isinstance(decision, Charge):
            self._check_charge(decision, now)
            self._put_tries(decision, now)
        return decision

    def _line(self, before: CaseFacts, decision: Decision, step: StepFact, outcome: Outcome, now: datetime) -> RunFact:
        if not (isinstance(decision, Send) and decision.step == step):
            unfit = any(skip.unfit for skip in decision.skips if skip.step.id == step.id)
            return RunFact(step.id, outcome, now, unfit=unfit)
        delivery = Delivery.PROPOSED if step.is_reviewed else Delivery.PENDING
        asked = amounts_of(asked_for(before, now)) if step.is_reviewed else ()
        return RunFact(step.id, outcome, now, decision.by_hand, delivery, asked=asked, by=step.channel)

    def _put_tries(self, charge: Charge, now: datetime) -> None:
        charged = carried_out(replace(self.facts, runs=()), replace(charge, step=None, skips=()), self.charges, now=now)
        self.facts = replace(self.facts, methods=charged.methods, invoices=charged.invoices)

    def _waiting(self, delivery: Delivery) -> RunFact | None:
        return next((run for run in self.facts.runs if run.waits_to_leave and run.delivery == delivery), None)

    def _put(self, run: RunFact) -> None:
        others = (other for other in self.facts.runs if other.step_id != run.step_id)
        self.facts = replace(self.facts, runs=(*others, run))

    def _open_anew(self, now: datetime) -> None:
        self.facts = replace(self.facts, runs=())
        self.tones, self.taken, self.left = [], [], []
        self.rings_at = now + timedelta(minutes=1)

    def _check_letter(self, step: StepFact, run: RunFact, now: datetime) -> None:
        facts = self.facts
        assert None not in {hold.invoice_id for hold in facts.holds_in_force(now) if hold.blocks_contact}
        assert facts.lets_letters_in(now) and not (facts.payment_under_way or facts.money_unmatched)
        assert not facts.limits.forbids(step.channel, "reminders") or step.offset_days < 0
        assert run.by_hand or not facts.limits.is_vulnerable
        situation = situation_of(facts, asked_for(facts, now), facts.local(now).date())
        assert run.by_hand or not first_unmet(step.conditions, situation)
        assert (step.id, step.channel) not in self.left and step.tone >= max(self.tones, default=0)
        assert step.channel in facts.channels and all(sent.is_silent for sent in run.sent)
        self.left.append((step.id, step.channel))
        self.tones.append(step.tone)

    def _check_caps(self, channel: str) -> None:
        limits = self.facts.limits
        for cap in limits.caps:
            counted = [contact.on for contact in limits.contacts if cap.counts(contact)]
            if cap.channel in ("", channel) and not cap.talks_only:
                newest = max(counted)
                assert _within(counted, newest, cap.days) <= cap.at_most

    def _check_act(self, step: StepFact, now: datetime) -> None:
        today = self.facts.local(now).date()
        assert not first_unmet(step.conditions, situation_of(self.facts, asked_for(self.facts, now), today))
        may = may_act if step.kind in LEFT_TO_A_PERSON else may_act_by_itself
        assert may(self.facts, now) and self.facts.lets_letters_in(now)
        for day, earlier in self.taken:
            assert step.id != earlier.id
            assert (today - day).days >= step.offset_days - earlier.offset_days

    def _check_charge(self, charge: Charge, now: datetime) -> None:
        facts = self.facts
        held = {hold.invoice_id for hold in facts.holds_in_force(now) if hold.blocks_charges}
        assert not facts.limits.is_vulnerable and None not in held
        assert not held & {pk for order in charge.orders for pk in order.invoice_ids}
        assert not (facts.payment_under_way or facts.money_unmatched)
        charges = {step.id for step in facts.plan.charges}
        assert any(run.step_id in charges and not run.unfit for run in facts.runs)  # a step whose conditions held


def _within(days: Iterable[date], last: date, span: int) -> int:
    return sum(last - timedelta(days=span) < day <= last for day in days)
