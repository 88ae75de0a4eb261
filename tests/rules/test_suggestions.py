"""What the figures say could be done better; and what they do not say yet."""

from dataclasses import replace

import pytest

from dunning.rules.suggestions import CallsSeen, Kind, LetterSeen, TriesSeen, suggestions

LETTER = LetterSeen(7, "clear reminder (day +7)", 400, 3, 9, 10, 5, False)
CALLS = CallsSeen(9, "phone call (day +20)", "key account", 60, 52)
CHARGE = (11, "charge of the card (day +3)")
TRIES = [TriesSeen(*CHARGE, 8, 100, 10), TriesSeen(*CHARGE, 9, 300, 150)]


def kinds(*letters: LetterSeen, calls: tuple[CallsSeen, ...] = (), tries: tuple[TriesSeen, ...] = ()) -> list[Kind]:
    return [one.kind for one in suggestions(letters, calls, tries)]


def test_letter_that_recovers_nothing_and_annoys_is_left_out() -> None:
    [found] = suggestions([LETTER], [], [])
    assert (found.kind, found.step_id) == (Kind.LEAVE_OUT, 7)
    assert found.says == "The clear reminder (day +7) recovers next to nothing and annoys. Leave it out."
    assert str(found.evidence[0]) == "3 of 400 letters were followed by payment: 0.8% (0.3% to 2.2%)"


@pytest.mark.parametrize(
    "letter",
    [
        replace(LETTER, is_kept=True),
        replace(LETTER, annoyed=2),
        replace(LETTER, sent=99, paid=0),
        replace(LETTER, paid=12),
    ],
)
def test_letter_is_kept_that_law_asks_for_or_of_which_too_little_is_known(letter: LetterSeen) -> None:
    assert kinds(letter) == []


def test_text_that_many_find_unclear_is_to_be_written_anew_even_where_law_asks_for_it() -> None:
    assert kinds(replace(LETTER, answers=40, unclear=20, is_kept=True)) == [Kind.REWRITE]
    assert kinds(replace(LETTER, answers=40, unclear=16, annoyed=0)) == []


def test_segment_that_pays_before_anybody_calls_is_spared() -> None:
    [found] = suggestions([], [CALLS], [])
    assert (found.kind, found.detail) == (Kind.SPARE_CALL, "key account")
    assert (
        kinds(calls=(replace(CALLS, segment=""), replace(CALLS, settled=40), replace(CALLS, calls=20, settled=20)))
        == []
    )


def test_hour_at_which_charges_clearly_fail_is_named_beside_the_others() -> None:
    [found] = suggestions([], [], TRIES)
    assert (found.kind, found.step_id, found.detail) == (Kind.OTHER_HOUR, 11, "8")
    assert found.says == (
        "Charges between 8:00 and 9:00 fail more often. From the charge of the card (day +3) on leave that hour out."
    )
    assert found.evidence[1].number == 150
    assert kinds(tries=(replace(TRIES[0], succeeded=45), TRIES[1])) == []
    assert kinds(tries=(TRIES[0],)) == []
    assert kinds(tries=(TRIES[0], replace(TRIES[1], step_id=12))) == []
