"""A letter that nobody has told to be delivered: after the hours its step allows it goes by the next way, or a person
is asked. Pure. Only word of delivery counts; opened and clicked, which robots do too, are not looked at here.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from customers.rules.contact import way_words
from dunning.rules.contact import kept_from_engine
from dunning.rules.decisions import Send, Unreached, Wait
from dunning.rules.facts import CaseFacts, RunFact
from dunning.rules.plan_facts import StepFact
from dunning.rules.ways import NoWay, way_of
from dunning.rules.words import Rule, spelled, step_words

NO_NEWS_AT_ALL = timedelta(days=1)  # a provider that tells of no delivery says nothing by its silence


def beside_silence(facts: CaseFacts, letter: Wait, last: StepFact | None, *, now: datetime) -> Send | Wait:
    """The wait for the next letter, with word of the `last` one waited for; or that one sent again another way.

    Call it only while no further letter is due: the next one takes the place of what did not arrive.
    """
    run = next((run for run in facts.runs if last and run.step_id == last.id), None)
    if last is None or run is None or not (last.wait_hours and run.sent and all(sent.is_silent for sent in run.sent)):
        return letter
    sent = run.sent[-1]
    until = sent.at + timedelta(hours=last.wait_hours)
    way = way_words(sent.channel)
    if until > now:
        reason = f"word is awaited that the {_words(last)} was delivered by {way}"
        return _sooner(letter, until, reason)
    if not sent.is_told:
        reason = f"no delivery by {way} has been told of since: nothing follows from that"
        return _sooner(letter, now + NO_NEWS_AT_ALL, reason)
    return _another_way(facts, letter, last, run, now)


def _another_way(facts: CaseFacts, letter: Wait, step: StepFact, run: RunFact, now: datetime) -> Send | Wait:
    why = f"no word of delivery {_tries(facts, run)}"
    tried = frozenset(sent.channel for sent in run.sent)
    way = way_of(facts, step, tried=tried)
    if isinstance(way, NoWay) or step.is_reviewed:
        rest = f"; {way.noes}" if isinstance(way, NoWay) and way.noes else ""
        return replace(letter, unreached=Unreached(step, f"{why}{rest}", facts.local(now).date()))
    because = f"{why}: the {_words(step)} goes by {way_words(way.step.channel)} too{way.because}"
    if kept := kept_from_engine(facts, way.step, now):
        return _sooner(letter, kept.until, f"{because}; {kept.reason}")
    if not facts.lets_letters_in(now):
        return _sooner(letter, facts.next_opening(now), because)
    anchor_on = letter.anchor_on or facts.local(now).date()
    return Send(way.step, because, anchor_on, letter.skips, after_silence=True)


def _sooner(letter: Wait, until: datetime, reason: str) -> Wait:
    if until >= letter.until:
        return letter
    return replace(
        letter, until=until, reason=reason, step=None, delays=False, letter_at=letter.next_letter_at, rule=Rule.NEWS,
        meant_on=None,
    )  # fmt: skip


def _tries(facts: CaseFacts, run: RunFact) -> str:
    return ", ".join(f"by {way_words(s.channel)} (sent on {spelled(facts.local(s.at).date())})" for s in run.sent)


def _words(step: StepFact) -> str:
    return step_words(step.kind, step.offset_days, step.tone)
