"""Ways of a step: the first that is open, theirs before the campaign's; another one only for what did not arrive."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.by_hand import hurry
from dunning.rules.decide import decide
from dunning.rules.decisions import Send, Wait
from dunning.rules.facts import CaseFacts, RunFact, SentFact
from dunning.rules.habits import Habit
from dunning.rules.limits import Cap, Contacted, Limits, Stop
from dunning.rules.plan_ahead import after, wait_after
from dunning.rules.recheck import Go, Withdraw, recheck
from dunning.rules.words import Attention, Delivery, Outcome, Rule
from tests.rules.cases import DAY_ZERO, PLAN, STEPS, at, case, invoice

DUE = DAY_ZERO
ALL = frozenset(["email", "sms", "post"])
WAYS = tuple(replace(step, then=("sms", "post"), wait_hours=24) for step in STEPS)
WORDS = ["", "accepted", "delivered", "in_doubt", "soft_bounced"]
ROAD = replace(PLAN, reminders=WAYS)


def of(*, channels: frozenset[str] = ALL, plan: object = ROAD, **facts: object) -> CaseFacts:
    return case(invoice(DUE), channels=channels, plan=plan, **facts)


def sent_by(decision: object) -> tuple[str, str]:
    assert isinstance(decision, Send), decision
    return decision.step.channel, decision.reason


def waiting(decision: object) -> Wait:
    assert isinstance(decision, Wait), decision
    return decision


def gone(*sent: SentFact, step: int = 1, **facts: object) -> RunFact:
    """The friendly reminder of day 1, handed over these ways."""
    told = {"delivery": Delivery.REACHED, "named": frozenset({1}), **facts}
    return RunFact(step, Outcome.DONE, at(1), sent=sent, **told)  # type: ignore[arg-type]


def silent(channel: str = "email", when: datetime | None = None, word: str = "accepted") -> SentFact:
    return SentFact(channel, when or at(1), word, is_told=True)


def test_first_way_is_taken_while_it_is_open() -> None:
    channel, reason = sent_by(decide(of(), now=at(1)))
    assert (channel, reason) == ("email", "day +1: the oldest open invoice fell due on 5 January 2026")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"channels": frozenset(["sms"])}, "no usable email address on file"),
        ({"limits": Limits(stops=(Stop("email", ""),))}, "the customer wants none by e-mail"),
        (
            {
                "channels": frozenset(["sms"]),
                "runs": (RunFact(1, Outcome.DELAYED, at(1), came_back=frozenset({"email"})),),
            },
            "what went by e-mail came back",
        ),
    ],
)
def test_closed_way_gives_place_to_the_next_with_its_reason(facts: dict[str, object], why: str) -> None:
    channel, reason = sent_by(decide(of(**facts), now=at(1)))
    assert channel == "sms"
    assert reason.endswith(f"; by text message, as {why}")


def test_without_any_way_a_person_is_asked_and_told_of_each() -> None:
    limits = Limits(stops=(Stop("sms", ""),))
    wait = waiting(decide(of(channels=frozenset(["sms"]), limits=limits), now=at(1)))
    assert (wait.attention, wait.delays) == (Attention.NO_ADDRESS, True)
    assert wait.unreached and wait.unreached.reason == (
        "no usable email address on file; the customer wants none by text message; no usable post address on file"
    )
    refused = waiting(decide(of(limits=Limits(stops=(Stop("", ""),))), now=at(1)))
    assert refused.attention == Attention.OPTED_OUT


def test_way_that_works_with_them_goes_first_where_the_step_allows_it() -> None:
    habit = Habit(channel="sms")
    channel, reason = sent_by(decide(of(habit=habit), now=at(1)))
    assert (channel, reason.split("; ")[1]) == ("sms", "by text message, as they usually pay after one that came so")
    assert sent_by(decide(of(habit=habit, channels=frozenset(["email"])), now=at(1)))[0] == "email"
    assert sent_by(decide(of(habit=habit, plan=PLAN), now=at(1)))[0] == "email"
    forbidden = Limits(stops=(Stop("sms", ""),))
    assert sent_by(decide(of(habit=habit, limits=forbidden), now=at(1)))[0] == "email"


def test_word_of_delivery_is_waited_for_and_ends_the_matter() -> None:
    wait = waiting(decide(of(runs=(gone(silent()),)), now=at(1, hour=15)))
    assert (wait.until, wait.rule) == (at(2), Rule.NEWS)
    assert wait.reason == "word is awaited that the friendly reminder (day +1) was delivered by e-mail"
    assert wait.next_letter_at == at(7, hour=9)
    heard = waiting(decide(of(runs=(gone(silent(word="delivered")),)), now=at(2)))
    assert (heard.until, heard.rule) == (at(7, hour=9), Rule.PLANNED)


def test_without_word_it_goes_the_next_way_and_counts_from_then() -> None:
    facts = of(runs=(gone(silent()),))
    decision = decide(facts, now=at(2))
    channel, reason = sent_by(decision)
    assert channel == "sms"
    assert reason == (
        "no word of delivery by e-mail (sent on 6 January 2026): "
        "the friendly reminder (day +1) goes by text message too"
    )
    assert isinstance(decision, Send) and decision.after_silence
    wait = wait_after(facts, decision, now=at(2))
    assert (wait.until, wait.rule) == (at(3), Rule.NEWS)
    known = after(facts, decision, now=at(2))
    [run] = known.runs
    assert [sent.channel for sent in run.sent] == ["email", "sms"]
    told = replace(known, runs=(replace(run, sent=(run.sent[0], SentFact("sms", at(2), "delivered"))),))
    assert waiting(decide(told, now=at(4))).until == at(8, hour=9)  # six days after the text message


def test_last_way_without_word_is_a_task_and_the_road_goes_on() -> None:
    ways = (silent("email", at(1)), silent("sms", at(2)), silent("post", at(3)))
    wait = waiting(decide(of(runs=(gone(*ways),)), now=at(4)))
    assert wait.unreached and wait.unreached.step.id == 1
    assert (wait.attention, wait.until) == (Attention.NONE, at(9, hour=9))


def test_silence_of_a_provider_that_never_tells_says_nothing() -> None:
    mute = SentFact("email", at(1))
    wait = waiting(decide(of(runs=(gone(mute),)), now=at(3)))
    assert wait.until == at(4)
    assert "nothing follows from that" in wait.reason


@pytest.mark.parametrize("word", ["delivered", "bounced", "complained", "in_doubt"])
def test_what_arrived_came_back_or_is_in_doubt_is_no_silence(word: str) -> None:
    assert not isinstance(decide(of(runs=(gone(silent(word=word)),)), now=at(3)), Send)


def test_next_letter_takes_the_place_of_what_did_not_arrive() -> None:
    decision = decide(of(runs=(gone(silent()),)), now=at(7))
    assert isinstance(decision, Send)
    assert (decision.step.id, decision.step.channel, decision.after_silence) == (2, "email", False)


def test_cap_and_hours_hold_for_another_way_too() -> None:
    limits = Limits(contacts=(Contacted(at(2).date(), "email"),), caps=(Cap(1, 1, "ours"),))
    wait = waiting(decide(of(runs=(gone(silent()),), limits=limits), now=at(2)))
    assert wait.until == at(3, hour=9)
    assert "at most 1 contact a day (ours)" in wait.reason
    night = waiting(decide(of(runs=(gone(silent()),)), now=at(2, hour=20)))
    assert night.until == at(3, hour=9)


def test_reviewed_letter_without_word_asks_a_person() -> None:
    plan = replace(ROAD, reminders=tuple(replace(step, is_reviewed=True) for step in WAYS))
    wait = waiting(decide(of(plan=plan, runs=(gone(silent()),)), now=at(2)))
    assert wait.unreached


def test_last_look_sends_only_the_very_way_that_is_still_right() -> None:
    queued = RunFact(1, Outcome.DONE, at(1), delivery=Delivery.PENDING, by="sms")
    by_sms, by_mail = (replace(WAYS[1], channel=channel) for channel in ("sms", "email"))
    no_mail = of(channels=frozenset(["sms"]), runs=(queued,))
    assert isinstance(recheck(no_mail, by_sms, case_is_open=True, now=at(1)), Go)
    mended = recheck(of(runs=(queued,)), by_sms, case_is_open=True, now=at(1))
    assert isinstance(mended, Withdraw) and mended.outcome == Outcome.DELAYED
    assert isinstance(recheck(no_mail, by_mail, case_is_open=True, now=at(1)), Withdraw)


def test_last_look_takes_another_way_back_once_the_first_has_arrived() -> None:
    by_sms = replace(WAYS[1], channel="sms")
    waits = gone(silent(), delivery=Delivery.PENDING, by="sms")
    assert isinstance(recheck(of(runs=(waits,)), by_sms, case_is_open=True, now=at(2)), Go)
    arrived = gone(silent(word="delivered"), delivery=Delivery.PENDING, by="sms")
    assert isinstance(recheck(of(runs=(arrived,)), by_sms, case_is_open=True, now=at(2)), Withdraw)


def test_person_who_hurries_uses_the_open_way_too() -> None:
    send = hurry(of(channels=frozenset(["post"])), now=at(-3), who="maria", meant=0)
    assert isinstance(send, Send)
    assert send.step.channel == "post"
    assert hurry(of(channels=frozenset()), now=at(-3), who="maria", meant=0) == (
        "There is no way to them: no usable email address on file; no usable mobile number on file; "
        "no usable post address on file. Add an address first."
    )


@given(
    ways=st.lists(st.sampled_from(["email", "sms", "post"]), min_size=1, max_size=3, unique=True),
    open_=st.frozensets(st.sampled_from(["email", "sms", "post"])),
    habit=st.sampled_from(["", "email", "sms", "post"]),
    words=st.lists(
        st.sampled_from(["", "accepted", "delivered", "in_doubt", "soft_bounced"]), min_size=40, max_size=40
    ),
    hours=st.sampled_from([0, 4, 24, 60]),
)
def test_no_step_reaches_anybody_twice_and_none_goes_a_way_twice(
    ways: list[str], open_: frozenset[str], habit: str, words: list[str], hours: int
) -> None:
    """Sixty days, a look every six hours; of each message it is heard by then how far it came, or never."""
    first, *rest = ways
    steps = tuple(replace(step, channel=first, then=tuple(rest), wait_hours=hours) for step in STEPS)
    facts = of(plan=replace(PLAN, reminders=steps), channels=open_, habit=Habit(channel=habit))
    heard, letters, now = iter(words), list[tuple[int, str, datetime]](), at(-4)
    while now < at(60):
        decision = decide(facts, now=now)
        if isinstance(decision, Send):
            letters.append((decision.step.id, decision.step.channel, now))
            facts = after(facts, decision, now=now)
            runs = {run.step_id: run for run in facts.runs}
            run = runs[decision.step.id]
            if run.sent:
                told = SentFact(decision.step.channel, now, next(heard), is_told=True)
                runs[run.step_id] = replace(run, sent=(*run.sent[:-1], told))
            facts = replace(facts, runs=tuple(runs.values()))
        elif isinstance(decision, Wait):
            assert decision.until > now
        now += timedelta(hours=6)
    assert len({(step, channel) for step, channel, _ in letters}) == len(letters)
    assert all(channel in open_ and channel in ways for _, channel, _ in letters)
    assert len({moment.date() for *_, moment in letters}) == len(letters) or hours == 4
    for run in facts.runs:
        assert all(sent.is_silent for sent in run.sent[:-1]), "another way, though the one before had arrived"
