"""On which day somebody who did not answer is called again, and what is said on the phone."""

from dataclasses import replace
from datetime import date

import pytest

from customers.rules.contact import CALL, SMS
from dunning.rules.calendar import is_working_day
from dunning.rules.calls import next_try_on
from dunning.rules.letter import compile_text, compose_alone
from dunning.rules.limits import NO_LIMITS, Cap, Contacted, Limits
from dunning.texts import shipped_call_script
from tests.rules.letters import facts, line, samples

FRIDAY = date(2026, 3, 6)
TUESDAY = date(2026, 3, 10)
LANGUAGES = ["de", "en", "es", "fr"]


def test_the_next_try_is_on_the_next_working_day_there() -> None:
    assert next_try_on(NO_LIMITS, FRIDAY, "DE") == date(2026, 3, 9)
    assert next_try_on(NO_LIMITS, date(2026, 4, 2), "DE") == date(2026, 4, 7), "Easter"
    assert next_try_on(NO_LIMITS, date(2026, 4, 2), "US") == date(2026, 4, 3), "no holiday there"


def test_the_next_try_waits_until_the_caps_let_a_call_go_out() -> None:
    called = Limits(contacts=(Contacted(FRIDAY, CALL),), caps=(Cap(1, 5, "our own", CALL),))
    assert next_try_on(called, FRIDAY, "DE") == date(2026, 3, 11)
    assert next_try_on(replace(called, caps=(Cap(1, 3, "our own", SMS),)), FRIDAY, "DE") == date(2026, 3, 9)
    week = next_try_on(replace(called, caps=(Cap(1, 8, "our own"),)), FRIDAY, "DE")
    assert week == date(2026, 3, 16) and is_working_day(week, "DE"), "free on a Saturday"


def test_every_language_has_a_script_and_no_other() -> None:
    assert sorted(shipped_call_script()) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_script_names_no_money_before_it_knows_who_answers(language: str) -> None:
    text = compile_text(*shipped_call_script()[language])
    for known in samples(language).values():
        greeting, told, *rest = compose_alone(text, known).body.split("\n\n")
        assert known.customer_name.split()[0] in greeting and greeting.endswith("?")
        assert not set("0123456789€$¥") & set(greeting)
        assert set("0123456789") & set(told)
        assert len(rest) == 4 and "{" not in " ".join(rest)


def test_a_script_stands_alone() -> None:
    script = compose_alone(compile_text(*shipped_call_script()["en"]), facts(line("INV-1", "5")))
    assert script.body.endswith("whenever you like.")
