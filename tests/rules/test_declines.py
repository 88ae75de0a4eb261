"""What refusals mean: the strictest layer decides, and nothing sensitive reaches the customer."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.declines import (
    Auto,
    Cause,
    Decline,
    DeclineBook,
    Judgement,
    Layer,
    Meaning,
    WordsForCustomer,
    judge,
    network_of,
    words_for_customer,
)
from payments.rules.methods import MethodKind
from tests.rules.refusals import BOOK, MASKED, shipped_book

TODAY = date(2026, 11, 22)


def codes(*layers: Layer) -> list[str]:
    return sorted({code for layer, code in BOOK.rules if layer in layers})


GATEWAY_CODES = codes(Layer.GATEWAY)
DECLINES = st.builds(
    Decline,
    st.sampled_from(["", "new_code", *GATEWAY_CODES]),
    st.sampled_from(["", *codes(Layer.GATEWAY_ADVICE)]),
    st.sampled_from(["", "zz", *codes(Layer.VISA)]),
    st.sampled_from(["", "99", *codes(Layer.MERCHANT_ADVICE), *codes(Layer.VISA_CATEGORY)]),
)
BRANDS = st.sampled_from(["Visa", "Mastercard", "American Express", ""])


@pytest.mark.parametrize(
    ("decline", "brand", "auto", "meaning", "decided"),
    [
        (Decline("lost_card", "try_again_later"), "Visa", Auto.NO, Meaning.NEVER, "the gateway's code"),
        (Decline("insufficient_funds", network_advice="03"), "Mastercard", Auto.NO, Meaning.NEVER, "advice code “03”"),
        (Decline("generic_decline", network_code="46"), "Visa", Auto.NO, Meaning.NEVER, "Visa's response code “46”"),
        (Decline("generic_decline", network_code="46"), "Mastercard", Auto.NO, Meaning.NEVER, "code “46”"),
        (Decline("generic_decline", network_code="46"), "amex", Auto.NO, Meaning.NEVER, "code “46”"),
        (Decline("do_not_honor", "do_not_try_again"), "Visa", Auto.NO, Meaning.NEVER, "the gateway's advice"),
        (Decline("do_not_honor", "confirm_card_data"), "Visa", Auto.AFTER, Meaning.FIX_DATA, "the gateway's advice"),
        (Decline("insufficient_funds", network_code="51"), "Visa", Auto.YES, Meaning.LATER, "the gateway's code"),
        (Decline("processing_error"), "Visa", Auto.YES, Meaning.TECHNICAL, "the gateway's code"),
        (Decline("duplicate_transaction"), "Visa", Auto.NO, Meaning.MERCHANT, "the gateway's code"),
        (Decline(network_code="R1"), "Visa", Auto.NO, Meaning.NEVER, "Visa's response code “R1”"),
        (Decline("do_not_honor", network_advice="1"), "Visa", Auto.NO, Meaning.NEVER, "Visa's category “1”"),
    ],
)
def test_strictest_layer_decides_and_is_named(
    decline: Decline, brand: str, auto: Auto, meaning: Meaning, decided: str
) -> None:
    judgement = judge(decline, BOOK, brand=brand)
    assert (judgement.auto, judgement.meaning) == (auto, meaning)
    assert decided in judgement.because


@given(DECLINES, DECLINES, BRANDS)
def test_one_more_voice_never_loosens(decline: Decline, more: Decline, brand: str) -> None:
    told = judge(decline, BOOK, brand=brand)
    fuller = replace(
        decline,
        advice=decline.advice or more.advice,
        network_code=decline.network_code or more.network_code,
        network_advice=decline.network_advice or more.network_advice,
    )
    after = judge(fuller, BOOK, brand=brand)
    if decline.code:
        assert strictness(after) >= strictness(told)
        assert (after.wait >= told.wait, after.is_masked >= told.is_masked) == (True, True)
        assert set(told.causes) <= set(after.causes)
    assert after.because


def strictness(judgement: Judgement) -> tuple[int, int]:
    return list(Auto).index(judgement.auto), list(Meaning).index(judgement.meaning)


@given(DECLINES, BRANDS)
def test_every_refusal_has_a_reason_a_first_move_and_a_way_on(decline: Decline, brand: str) -> None:
    judgement = judge(decline, BOOK, brand=brand)
    assert judgement.because
    assert judgement.first_move
    assert judgement.causes or judgement.auto in (Auto.AFTER, Auto.NO)


@pytest.mark.parametrize("book", [BOOK, DeclineBook(TODAY)])
def test_unknown_code_counts_as_a_generic_decline_and_is_reported(book: DeclineBook) -> None:
    judgement = judge(Decline("brand_new_code"), book)
    assert (judgement.auto, judgement.meaning, judgement.causes) == (Auto.ONCE, Meaning.LATER, (Cause.GENERIC,))
    assert judgement.unknown == ((Layer.GATEWAY, "brand_new_code"),)
    assert "“brand_new_code” is unknown" in judgement.because


def test_unknown_code_does_not_soften_a_known_never() -> None:
    judgement = judge(Decline("brand_new_code", network_code="43"), BOOK, brand="Visa")
    assert (judgement.auto, judgement.is_masked) == (Auto.NO, True)
    assert judgement.unknown == ((Layer.GATEWAY, "brand_new_code"),)


def test_refusal_without_any_code_is_generic_and_nothing_unknown() -> None:
    judgement = judge(Decline(), BOOK)
    assert (judgement.auto, judgement.unknown) == (Auto.ONCE, ())


@pytest.mark.parametrize("code", MASKED)
@pytest.mark.parametrize("beside", [Decline(), Decline(network_code="51"), Decline(advice="try_again_later")])
def test_sensitive_cause_reads_like_a_plain_no(code: str, beside: Decline) -> None:
    judgement = judge(replace(beside, code=code), BOOK, brand="Visa")
    assert judgement.is_masked
    assert words_for_customer(judgement) is words_for_customer(judge(Decline("generic_decline"), BOOK))


@pytest.mark.parametrize("raw", ["04", "07", "41", "43", "59", "62", "83"])
def test_sensitive_answer_of_the_bank_hides_a_harmless_code(raw: str) -> None:
    judgement = judge(Decline("insufficient_funds", network_code=raw), BOOK, brand="Visa")
    assert words_for_customer(judgement) is WordsForCustomer.DECLINED


def test_missing_money_is_said() -> None:
    assert words_for_customer(judge(Decline("insufficient_funds"), BOOK)) is WordsForCustomer.NO_FUNDS


@pytest.mark.parametrize(("mac", "hours"), [("02", 72), ("24", 1), ("25", 24), ("28", 144), ("30", 240)])
def test_mastercard_prescribes_a_wait(mac: str, hours: int) -> None:
    judgement = judge(Decline("insufficient_funds", network_advice=mac), BOOK, brand="Mastercard")
    assert (judgement.auto, judgement.wait) == (Auto.YES, timedelta(hours=hours))


@pytest.mark.parametrize(
    ("kind", "codes", "auto"),
    [
        (MethodKind.ACH_DEBIT, "R01 R09", Auto.YES),
        (MethodKind.ACH_DEBIT, "R02 R03 R04", Auto.AFTER),
        (MethodKind.ACH_DEBIT, "R05 R07 R08 R10 R29 R51", Auto.NO),
        (MethodKind.SEPA_DEBIT, "AM04", Auto.YES),
        (MethodKind.SEPA_DEBIT, "AC01 AC04 AC06 AG01 RC01 BE05 RR01 RR02 RR03 RR04 MD01 MD02", Auto.AFTER),
        (MethodKind.SEPA_DEBIT, "MS03 MS02 SL01 MD06 MD07", Auto.NO),
    ],
)
def test_every_return_of_a_bank_debit_has_its_verdict(kind: MethodKind, codes: str, auto: Auto) -> None:
    judged = {code: judge(Decline(network_code=code), BOOK, kind=kind, country="FR") for code in codes.split()}
    assert {code: judgement.auto for code, judgement in judged.items()} == dict.fromkeys(codes.split(), auto)
    assert not any(judgement.unknown for judgement in judged.values())
    assert {code for code, judgement in judged.items() if judgement.is_death} == {"MD07"} & set(judged)


@pytest.mark.parametrize(
    ("kind", "code", "country", "auto"),
    [
        (MethodKind.SEPA_DEBIT, "AM04", "ES", Auto.YES),
        (MethodKind.SEPA_DEBIT, "MS03", "DE", Auto.YES),
        (MethodKind.SEPA_DEBIT, "MS03", "SK", Auto.YES),
        (MethodKind.SEPA_DEBIT, "MS03", "FR", Auto.NO),
        (MethodKind.SEPA_DEBIT, "MS03", "", Auto.NO),
        (MethodKind.SEPA_DEBIT, "MD07", "DE", Auto.NO),
        (MethodKind.ACH_DEBIT, "R01", "US", Auto.YES),
        (MethodKind.ACH_DEBIT, "R03", "US", Auto.AFTER),
        (MethodKind.ACH_DEBIT, "R10", "US", Auto.NO),
    ],
)
def test_bank_debit_is_judged_by_its_scheme(kind: MethodKind, code: str, country: str, auto: Auto) -> None:
    assert judge(Decline(network_code=code), BOOK, kind=kind, country=country).auto is auto


@pytest.mark.parametrize(
    ("on", "auto"), [(date(2026, 3, 2), Auto.ONCE), (date(2026, 4, 17), Auto.ONCE), (date(2026, 4, 18), Auto.NO)]
)
def test_code_means_what_it_meant_on_that_day(on: date, auto: Auto) -> None:
    assert judge(Decline("generic_decline", network_code="57"), shipped_book(on), brand="Visa").auto is auto


@pytest.mark.parametrize(
    ("kind", "brand", "network"),
    [
        (MethodKind.CARD, "Visa", "visa"),
        (MethodKind.CARD, "MasterCard", "mastercard"),
        (MethodKind.CARD, "Discover", "other"),
        (MethodKind.CARD, "", "other"),
        (MethodKind.SEPA_DEBIT, "", "sepa_debit"),
    ],
)
def test_network_is_that_of_the_brand(kind: MethodKind, brand: str, network: str) -> None:
    assert network_of(kind, brand) == network
