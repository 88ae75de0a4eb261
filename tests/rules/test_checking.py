"""The checker: every rule, in every language, is broken by one text and kept by another."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunning.rules.campaign_steps import Text
from dunning.rules.checking import (
    RULES,
    Severity,
    Standing,
    check_message,
    check_text_of,
    read,
    standing_of,
)
from dunning.rules.checking.wording import WORDINGS, pattern
from dunning.rules.words import Consequence, MessageClass, StepKind, Tone
from dunning.texts import shipped_texts
from tests.rules.broken_texts import (
    ADDED,
    CLEAR,
    GOOD,
    LANGUAGES,
    PLEASE,
    SHOWN_TO_STRANGERS,
    TAKEN,
    found,
    numbers,
)
from tests.rules.campaigns import action, reminder

SMS = replace(CLEAR, channel="sms")
PROMOTION = replace(CLEAR, message_class=MessageClass.PROMOTIONAL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_good_text_breaks_no_rule(language: str) -> None:
    assert found(*GOOD[language], language) == []


@pytest.mark.parametrize(("rule", "language"), [(rule, language) for rule in ADDED for language in LANGUAGES])
def test_one_sentence_breaks_a_rule_and_is_named_with_its_line(rule: int, language: str) -> None:
    subject, body = GOOD[language]
    [first, *_] = [f for f in found(subject, f"{body}\n\n{ADDED[rule][language]}", language) if f.number == rule]
    assert first.remark.better
    assert first.remark.line in (0, body.count("\n") + 3)


@pytest.mark.parametrize(("rule", "language"), [(rule, language) for rule in TAKEN for language in LANGUAGES])
def test_what_is_missing_breaks_a_rule(rule: int, language: str) -> None:
    subject, body = GOOD[language]
    assert rule in numbers(subject, TAKEN[rule][language](body), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_without_a_word_of_what_is_next_breaks_rule_3(language: str) -> None:
    body = "{customer_name}, {total_open}\n\n{invoice_list}\n\n{pay_button}"
    better = WORDINGS[language].suggest("next")
    assert better in [f.remark.better for f in found("Hello", body, language) if f.number == 3]
    assert 3 not in numbers("Hello", f"{body}\n\n{better}", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_consequence_may_be_told_where_a_step_does_it_after_as_many_days(language: str) -> None:
    subject, body = GOOD[language]
    threat = f"{body}\n\n{ADDED[3][language]}"
    assert 3 not in numbers(subject, threat, language, replace(CLEAR, follows=((Consequence.RESTRICTION, 14),)))
    days = {"en": "in {} days", "de": "in {} Tagen", "fr": "dans {} jours", "es": "en {} días"}[language]
    assert 3 not in numbers(subject, f"{body}\n\n{PLEASE[language]} {days.format(7)}.", language)
    assert 3 in numbers(subject, f"{body}\n\n{PLEASE[language]} {days.format(9)}.", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_date_typed_by_hand_breaks_rule_3(language: str) -> None:
    day = {"en": "14 March", "de": "14. März", "fr": "14 mars", "es": "14 de marzo"}[language]
    subject, body = GOOD[language]
    assert 3 in numbers(subject, f"{body}\n\n{PLEASE[language]} {day}.", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_legal_steps_may_be_named_where_they_are_announced_and_follow(language: str) -> None:
    subject, body = GOOD[language]
    word = {"en": "court", "de": "Gericht", "fr": "tribunal", "es": "tribunal"}[language]
    legal = replace(CLEAR, announces=Consequence.LEGAL, follows=((Consequence.LEGAL, 14),))
    assert 4 in numbers(subject, f"{body}\n\n{word}", language)
    assert 4 not in numbers(subject, f"{body}\n\n{word}", language, legal)


@pytest.mark.parametrize("language", LANGUAGES)
def test_fee_needs_a_law_and_its_amount(language: str) -> None:
    subject, body = GOOD[language]
    fee = {
        "en": "The fee is €40",
        "de": "Die Gebühr ist 40 €",
        "fr": "Les frais sont de 40 €",
        "es": "Los gastos son 40 €",
    }
    text = f"{body}\n\n{fee[language]} (BGB 288)."
    assert 7 in numbers(subject, text, language)
    assert 7 not in numbers(subject, text, language, replace(CLEAR, fee_basis="BGB 288"))
    assert 7 in numbers(subject, text.replace("40", ""), language, replace(CLEAR, fee_basis="BGB 288"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_saying_that_nothing_is_added_is_no_fee(language: str) -> None:
    none = {"en": "There is no fee.", "de": "Es gibt keine Gebühr.", "fr": "Sans frais.", "es": "Sin recargo."}
    subject, body = GOOD[language]
    assert 7 not in numbers(subject, f"{body}\n\n{none[language]}", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_message_says_who_and_how_to_stop_and_stays_in_two_pieces(language: str) -> None:
    stop = WORDINGS[language].suggest("stop")
    good = f"{{company_name}}: {PLEASE[language]}. {stop}"
    assert not numbers("Hello", good, language, SMS) & {1, 3, 8, 9, 10, 13, 19}
    assert 8 in numbers("Hello", good.replace(stop, ""), language, SMS)
    assert 8 in numbers("Hello", stop, language, SMS)
    assert 13 in numbers("Hello", good * 8, language, SMS)
    assert 19 in numbers("Hello", f"{good} {{total_open}}", language, SMS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_advertising_needs_a_way_to_unsubscribe_and_then_may_offer(language: str) -> None:
    subject, body = GOOD[language]
    offer = f"{body}\n\n{ADDED[20][language]}"
    assert numbers(subject, offer, language, PROMOTION) & {8, 20} == {8}
    assert not numbers(subject, offer, language, replace(PROMOTION, has_unsubscribe=True)) & {8, 20}


@pytest.mark.parametrize("language", LANGUAGES)
def test_notice_to_a_dutch_consumer_names_fourteen_days_and_the_cost(language: str) -> None:
    subject, body = GOOD[language]
    dutch = replace(CLEAR, message_class=MessageClass.LEGAL_NOTICE, country="NL")
    days = {"en": "14 days, €40.", "de": "14 Tage, 40 €.", "fr": "14 jours, 40 €.", "es": "14 días, 40 €."}[language]
    assert 8 in numbers(subject, body, language, dutch)
    assert 8 not in numbers(subject, f"{body}\n\n{days}", language, dutch)
    assert 8 not in numbers(subject, body, language, replace(dutch, is_for_consumers=False))


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_reminder_need_not_speak_of_those_who_cannot_pay(language: str) -> None:
    subject, body = GOOD[language]
    short = f"{TAKEN[10][language](body)}\n\n{WORDINGS[language].suggest('reply')}"
    assert 10 not in numbers(subject, short, language, replace(CLEAR, number=1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_text_and_long_subject_are_too_long(language: str) -> None:
    subject, body = GOOD[language]
    assert 13 in numbers(subject, body + f"\n\n{PLEASE[language]}." * 60, language)
    assert 13 in numbers("{company_name}: " + "a" * 50, body, language)
    assert 13 not in numbers(subject, body + f"\n\n{PLEASE[language]}." * 20, language, replace(CLEAR, is_last=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_last_warning_is_for_the_last_letter(language: str) -> None:
    last = {"en": "final notice", "de": "letzte Mahnung", "fr": "dernier avis", "es": "último aviso"}[language]
    subject, body = GOOD[language]
    assert 15 in numbers(subject, f"{body}\n\n{last}", language)
    assert 15 not in numbers(subject, f"{body}\n\n{last}", language, replace(CLEAR, tone=Tone.FORMAL))


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_without_please_and_without_a_name_lacks_courtesy(language: str) -> None:
    [courtesy, *_] = [f for f in found("Hello", "{total_open}", language) if f.number == 17]
    assert courtesy.severity is Severity.HINT


@pytest.mark.parametrize("language", LANGUAGES)
def test_subject_that_tells_strangers_of_a_debt_is_found_for_consumers(language: str) -> None:
    body = GOOD[language][1]
    assert 19 in numbers(SHOWN_TO_STRANGERS[language], body, language)
    assert 19 in numbers("{total_open}", body, language)
    assert 19 not in numbers(SHOWN_TO_STRANGERS[language], body, language, replace(CLEAR, is_for_consumers=False))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("html", "breaks"),
    [
        ("", True),
        ('<img src="logo.png">', True),
        ('<img src="logo.png" alt="Example Company">', False),
        ('<p style="color:#999999;background-color:#ffffff">-</p>', True),
        ('<p style="color:#1a1a1a;background-color:#fff">-</p>', False),
    ],
)
def test_both_parts_say_the_same_and_can_be_seen(language: str, html: str, breaks: bool) -> None:
    message = read(*GOOD[language], language=language)
    told = replace(message, html=message.html + html if html else "<p>-</p>")
    assert (21 in {f.number for f in check_message(told, CLEAR)}) is breaks


@pytest.mark.parametrize("language", LANGUAGES)
def test_figure_about_others_is_fine_when_it_was_computed(language: str) -> None:
    said = {"en": "83 % of customers pay.", "de": "83 % der Kunden zahlen.", "fr": "83 % des clients paient.",
            "es": "83 % de los clientes pagan."}[language]  # fmt: skip
    subject, body = GOOD[language]
    assert 22 in numbers(subject, f"{body}\n\n{said}", language)
    assert 22 not in numbers(subject, f"{body}\n\n{said}", language, replace(CLEAR, norm="83 %"))


def test_there_are_twenty_two_rules_in_the_order_of_their_numbers() -> None:
    assert [rule.number for rule in RULES] == list(range(1, 23))


def test_findings_come_in_the_order_of_reading() -> None:
    body = "Hello {customer_name},\n\nremit\n\nThis is a demand\n\n{pay_button}"
    places = [f.place for f in found("Overdue debt", body, "en")]
    assert places == sorted(places, key=lambda p: (p == "whole text", p != "subject", p))


def test_half_written_text_is_checked_as_far_as_it_goes() -> None:
    broken = found("Hello", "Hello {customer_nam\n\nYou failed to pay.", "en")
    assert {6, 15} <= {finding.number for finding in broken}


def test_where_a_text_stands_is_told_by_the_campaign() -> None:
    steps = [reminder(1, Tone.FRIENDLY), reminder(8, Tone.CLEAR), action(StepKind.RESTRICT, 20)]
    standing = standing_of(steps[0], steps, "en")
    assert (standing.number, standing.next_in_days, standing.follows) == (1, 7, ((Consequence.RESTRICTION, 19),))
    last = standing_of(steps[1], steps, "en")
    assert (last.is_last, last.next_in_days, last.before and last.before.tone) == (True, None, Tone.FRIENDLY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pattern_of_a_language_can_be_read(language: str) -> None:
    wording = WORDINGS[language]
    tables = (
        wording.threats,
        wording.law,
        wording.causes,
        wording.blame,
        wording.final_only,
        wording.jargon,
        wording.tone,
    )
    for table in tables:
        assert all(pattern(words) for words in table)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=300), st.sampled_from([*LANGUAGES, "it"]), st.sampled_from([CLEAR, SMS]))
def test_no_text_is_too_odd_to_be_checked(subject: str, body: str, language: str, standing: Standing) -> None:
    for finding in found(subject, body, language, standing):
        assert finding.remark.reason and finding.remark.better


def test_what_cannot_be_filled_in_is_named_at_its_line_as_typed() -> None:
    [broken] = [f for f in found("Hello", "\n\nHello,\n\n{oops}", "en") if f.number == 6]
    assert (broken.place, broken.remark.reason[:20]) == ("line 5", "There is no field {o")


def test_link_that_ends_before_the_message_leaves_breaks_rule_2() -> None:
    ended = replace(CLEAR, sent_on=date(2026, 3, 2), link_ends_on=date(2026, 3, 2))
    assert 2 in numbers(*GOOD["en"], "en", ended)
    assert 2 not in numbers(*GOOD["en"], "en", replace(ended, link_ends_on=date(2026, 4, 1)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_letter_about_what_is_foreseen_is_not_asked_for_debts(language: str) -> None:
    foretelling = replace(CLEAR, tone=Tone.FRIENDLY, foretells=True, next_in_days=None)
    text = Text(*shipped_texts()["card_expires"][language])
    assert check_text_of(text, language, foretelling, Severity.HINT) == ()
    assert {2, 6} <= numbers("Hello", "{customer_name}, {total_open}", language, foretelling)
