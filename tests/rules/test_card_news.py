"""What a letter says of the stored card, and the same in every language."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from dunning.rules.card_news import Ask, CardNews, card_news
from dunning.rules.decide import decide
from dunning.rules.decisions import Wait
from dunning.rules.letter import FIELDS
from dunning.rules.letter.card_notes import NOTES
from payments.rules.methods import MethodKind
from payments.rules.retry_facts import Tried
from payments.rules.transfer import Account, Transfer
from tests.rules.cases import DAY_ZERO, at, case, invoice
from tests.rules.charged import charged, done, failed, visa
from tests.rules.letters import facts as letter_facts
from tests.rules.refusals import MASKED

AFTER = at(1)
OUR_ACCOUNT = Account(holder="Example Company", iban="DE89370400440532013000")
TRANSFERS = (Transfer("EUR", Decimal(100), "RF55 R202 6000 1", (OUR_ACCOUNT,)),)


def news(*tries: Tried, now: datetime = AFTER, **facts: object) -> CardNews | None:
    known = charged(methods=(visa(*tries),), **facts)
    return card_news(known, known.invoices, now=now)


def test_the_letter_knows_what_became_of_the_card() -> None:
    in_full = (("EUR", Decimal(100)),)
    assert news(now=at(-3)) == CardNews("Visa", "4242", Ask.NOTHING_YET, None, DAY_ZERO, in_full)
    no_funds = news(failed(0), now=at(0, 11))
    assert no_funds
    assert (no_funds.ask, no_funds.refused_on) == (Ask.NOTHING_NO_FUNDS, DAY_ZERO)
    assert no_funds.next_on
    assert no_funds.next_on > DAY_ZERO
    asks = {code: news(failed(0, code)) for code in ("authentication_required", "expired_card", "invalid_account")}
    assert {code: told.ask for code, told in asks.items() if told} == {
        "authentication_required": Ask.APPROVE,
        "expired_card": Ask.NEW_CARD,
        "invalid_account": Ask.NEW_CARD,
    }
    twice = news(failed(0, "do_not_honor"), failed(2, "do_not_honor"), now=at(4))
    assert twice
    assert twice.ask == Ask.CALL_BANK


def test_the_letter_names_what_is_charged_on_that_day_in_each_currency() -> None:
    owed = (
        invoice(DAY_ZERO),
        invoice(DAY_ZERO + timedelta(days=1), number=2),
        replace(invoice(DAY_ZERO, number=3), currency="USD", balance=Decimal(20)),
    )
    told = card_news(charged(*owed, methods=(visa(),)), owed, now=at(-3))
    assert told
    assert told.amounts == (("EUR", Decimal(100)), ("USD", Decimal(20)))
    assert "we will take €100.00 and US$20.00 from Visa" in FIELDS["card_note"].resolve(letter_facts(card=told))


def test_a_letter_that_announces_a_charge_asks_for_no_transfer() -> None:
    announced = CardNews("Visa", "4242", Ask.NOTHING_YET, None, DAY_ZERO, (("EUR", Decimal(100)),))
    assert "IBAN" in FIELDS["pay_button"].resolve(letter_facts(transfers=TRANSFERS))
    assert "IBAN" not in FIELDS["pay_button"].resolve(letter_facts(transfers=TRANSFERS, card=announced))
    refused = replace(announced, ask=Ask.NOTHING)
    assert "IBAN" in FIELDS["pay_button"].resolve(letter_facts(transfers=TRANSFERS, card=refused))


def test_a_sensitive_cause_reads_like_any_other_no() -> None:
    plain = news(failed(0, "invalid_account"))
    for code in MASKED:
        told = news(failed(0, code), now=at(1))
        assert told is not None
        assert told.ask in (Ask.NOTHING, Ask.NEW_CARD)
        if told.ask is Ask.NEW_CARD:
            assert told == plain


def test_no_card_means_no_words_about_one() -> None:
    known = case(invoice(DAY_ZERO))
    assert card_news(known, known.invoices, now=at(1)) is None
    assert FIELDS["card_note"].resolve(letter_facts()) == ""


def test_every_ask_has_its_words_in_every_language() -> None:
    for language in ("en", "de", "fr", "es"):
        assert set(NOTES[language]) == set(Ask)
        for ask in Ask:
            told = CardNews("Visa", "4242", ask, date(2026, 3, 3), date(2026, 3, 6), (("EUR", Decimal(5)),))
            words = FIELDS["card_note"].resolve(letter_facts(language=language, card=told))
            assert "Visa •••• 4242" in words
            assert "{" not in words
            assert "2026" in words


def test_a_bank_account_is_called_one_and_a_brand_as_its_cards_bear_it() -> None:
    account = visa(kind=MethodKind.SEPA_DEBIT, brand="", last4="3000")
    told = card_news(charged(methods=(account,)), (invoice(DAY_ZERO),), now=at(-3))
    assert told
    assert "from bank account •••• 3000." in FIELDS["card_note"].resolve(letter_facts(card=told))
    assert account.name == "Bank account ending 3000"
    assert visa(brand="visa").name == "Visa ending 4242"
    assert visa(brand="amex").name == "American Express ending 4242"


def test_the_letter_names_the_day_on_which_the_case_waits_for_the_next_try() -> None:
    told = news(failed(0), now=at(0, 11))
    decision = decide(charged(methods=(visa(failed(0)),), runs=(done(50),)), now=at(0, 11))
    assert isinstance(decision, Wait)
    assert told
    assert told.next_on == decision.until.date()
