"""The fields a text may use. Flat strings only: no attributes, no nesting, no code.

What bends with a number ("1 invoice", "3 invoices") is a phrase of its own, so every sentence is right with one and
with many. The desk shows `FIELDS` with the explanations beside each text.
"""

from collections.abc import Callable
from dataclasses import dataclass

from customers.rules.money import totals
from dunning.rules.card_news import Ask
from dunning.rules.formats import all_of, day, days_away, money, named_day
from dunning.rules.letter.card_notes import card_note, named_card
from dunning.rules.letter.claim_notes import claim_note
from dunning.rules.letter.cost_notes import cost_note
from dunning.rules.letter.facts import LetterFacts, LetterLine, clean
from dunning.rules.letter.parts import button_line, choice_line, row_line
from dunning.rules.letter.sms import LINK_MARK
from dunning.rules.letter.words import Words, counted_invoices, words_for
from payments.rules.transfer import Account, Transfer

MOST_ROWS = 40  # mail programs cut long messages; the customer's page lists every invoice


@dataclass(frozen=True, slots=True)
class Field:
    """`resolve` gives the words for a letter, empty where its facts have none. Blocks stand on a line of their own.

    An optional block that has no words takes its line away with it; any other field must have some.
    """

    explanation: str
    resolve: Callable[[LetterFacts], str]
    is_block: bool = False
    is_optional: bool = False


def _total_open(facts: LetterFacts) -> str:
    return _sum_of(facts.lines, facts)


def _sum_of(lines: tuple[LetterLine, ...], facts: LetterFacts) -> str:
    sums = totals((line.currency, line.balance) for line in lines)
    return all_of([money(amount, currency, facts.locale) for currency, amount in sums.items()], facts.locale)


def _invoices_phrase(facts: LetterFacts) -> str:
    return counted_invoices(len({line.invoice_id for line in facts.lines}), words_for(facts.language), facts.locale)


def _oldest_due_on(facts: LetterFacts) -> str:
    return day(min(line.due_on for line in facts.lines), facts.locale)


def _due_phrase(facts: LetterFacts) -> str:
    words = words_for(facts.language)
    days = (min(line.due_on for line in facts.lines) - facts.today).days
    return {-1: words.yesterday, 0: words.today, 1: words.tomorrow}.get(days) or days_away(days, facts.locale)


def _next_contact_on(facts: LetterFacts) -> str:
    return day(facts.next_contact_on, facts.locale) if facts.next_contact_on else ""


def _invoice_list(facts: LetterFacts) -> str:
    rows = invoice_rows(facts, most=MOST_ROWS)
    if any(line.part for line in facts.lines):
        rows += ["", words_for(facts.language).in_instalments]
    if note := claim_note(facts.claims, facts.language, facts.locale):
        rows += ["", note.before, *(f"– {line}" for line in note.lines), note.behind]
    return "\n".join(rows)


def invoice_rows(facts: LetterFacts, most: int | None = None) -> list[str]:
    """The table of invoices, oldest first: headings, one row each, the sum of the rest beyond `most`, the total."""
    words = words_for(facts.language)
    lines = sorted(facts.lines, key=lambda line: (line.due_on, line.invoice_id))
    shown = lines if most is None or len(lines) <= most else lines[: most - 1]
    rows = [row_line(words.invoice, words.due, words.open), *(_invoice_row(line, facts) for line in shown)]
    if more := tuple(lines[len(shown) :]):
        rows.append(row_line(words.more_invoices.format(n=len(more)), _sum_of(more, facts)))
    if len(lines) > 1:
        rows.append(row_line(words.total, _total_open(facts)))
    return rows


def _purpose(line: LetterLine, words: Words) -> str:
    if not line.part:
        return line.description
    instalment = words.instalment.format(n=line.part[0], of=line.part[1])
    return f"{instalment}, {line.description}" if line.description else instalment


def _invoice_row(line: LetterLine, facts: LetterFacts) -> str:
    return row_line(
        clean(line.number),
        clean(_purpose(line, words_for(facts.language))),
        day(line.due_on, facts.locale, short=True),
        money(line.balance, line.currency, facts.locale),
    )


def _pay_button(facts: LetterFacts) -> str:
    """With the bank details, unless a charge is announced: whoever then sent the money too would pay twice."""
    blocks = [button_line(words_for(facts.language).pay_button), *_choices(facts)]
    is_charged = facts.card is not None and facts.card.ask is Ask.NOTHING_YET
    for transfer in () if is_charged else facts.transfers:
        blocks.append(words_for(facts.language).by_transfer)
        blocks += ["\n".join(_transfer_lines(transfer, account, facts)) for account in transfer.accounts]
    return "\n\n".join(blocks)


def _choices(facts: LetterFacts) -> list[str]:
    """What else can be chosen by one tap, and a sentence that says so."""
    if facts.choices is None:
        return []
    words, chosen, lines = words_for(facts.language), facts.choices, []
    if on := chosen.pay_on:
        lines.append(choice_line(words.pay_on.format(day=named_day(on, facts.locale)), f"help/later/?on={on}"))
    if chosen.parts:
        path = f"help/parts/{chosen.currency}/?parts={chosen.parts}"
        lines.append(choice_line(words.pay_in_parts.format(n=chosen.parts), path))
    lines.append(choice_line(words.something_wrong, "help/"))
    return [words.or_choose, "\n".join(lines)]


def _transfer_lines(transfer: Transfer, account: Account, facts: LetterFacts) -> list[str]:
    words = words_for(facts.language)
    rows = (
        (words.account_holder, account.holder),
        ("IBAN", account.iban_in_groups),
        (words.account_number, account.account_number),
        (words.routing_code, account.routing_code),
        ("BIC", account.bic),
        (words.bank, account.bank_name),
        (words.amount, money(transfer.amount, transfer.currency, facts.locale)),
        (words.reference, transfer.reference),
    )
    return [f"{label}{words.colon}{clean(value)}" for label, value in rows if value]


def _card_name(facts: LetterFacts) -> str:
    return named_card(facts.foreseen.brand, facts.foreseen.last4, facts.language) if facts.foreseen else ""


def _last_day(facts: LetterFacts) -> str:
    return day(facts.foreseen.on, facts.locale) if facts.foreseen else ""


def _renewal_of(facts: LetterFacts) -> str:
    return clean(facts.foreseen.what) or words_for(facts.language).subscription if facts.foreseen else ""


def _renewal_price(facts: LetterFacts) -> str:
    if not (facts.foreseen and facts.foreseen.amount):
        return ""
    amount = money(facts.foreseen.amount, facts.foreseen.currency, facts.locale)
    return words_for(facts.language).renewal_price.format(amount=amount)


def _page_button(facts: LetterFacts) -> str:
    return button_line(words_for(facts.language).page_button)


def _card_note(facts: LetterFacts) -> str:
    return card_note(facts.card, facts.language, facts.locale) if facts.card else ""


def _costs_warning(facts: LetterFacts) -> str:
    return cost_note(facts.costs, facts.language, facts.locale) if facts.costs else ""


FIELDS = {
    "customer_name": Field("The customer's name.", lambda facts: clean(facts.customer_name)),
    "company_name": Field("Your company's name.", lambda facts: clean(facts.company_name)),
    "contact_email": Field("The address where people of yours read answers.", lambda facts: clean(facts.contact_email)),
    "total_open": Field("All that is open, for example €1,200.50; several currencies: €90 and US$20.", _total_open),
    "invoices_phrase": Field("How many invoices, in words that fit: 1 invoice, 3 invoices.", _invoices_phrase),
    "oldest_due_on": Field("Due date of the oldest open invoice, for example 1 March 2026.", _oldest_due_on),
    "due_phrase": Field("The same date seen from today: 3 days ago, yesterday, today, in 3 days.", _due_phrase),
    "next_contact_on": Field("When we write next. Not in the last reminder: nothing comes after it.", _next_contact_on),
    "invoice_list": Field(
        "Number, purpose, due date and open amount of each invoice; in a plan, of the instalments that are due. "
        "Below it, what the law lets you claim for the delay, where something is claimed.",
        _invoice_list,
        is_block=True,
    ),
    "card_note": Field(
        "If a stored card is charged: when, or what became of it and what to do. Nothing for everyone else.",
        _card_note,
        is_block=True,
        is_optional=True,
    ),
    "costs_warning": Field(
        "To consumers in the Netherlands, while claims are on: the free letter's words about collection costs that "
        "follow in 14 days. Nothing for everyone else.",
        _costs_warning,
        is_block=True,
        is_optional=True,
    ),
    "pay_button": Field(
        "The button to the customer's own page, and below it your bank details, where you have an account.",
        _pay_button,
        is_block=True,
    ),
    "pay_link": Field(
        "In a text message: the address of the customer's own page, in place of the button.", lambda _: LINK_MARK
    ),
    "card_name": Field("In a letter before its day: the card or account, for example Visa •••• 4242.", _card_name),
    "last_day": Field("In a letter before its day: that day, for example 31 March 2026.", _last_day),
    "renewal_of": Field("In a letter before a renewal: what is renewed, for example Website care.", _renewal_of),
    "renewal_price": Field(
        "In a letter before a renewal: a sentence with what it costs then. Nothing where that is not known.",
        _renewal_price,
        is_block=True,
        is_optional=True,
    ),
    "page_button": Field("The button to the customer's own page, where nothing is owed.", _page_button, is_block=True),
}
NEED_AN_INVOICE = frozenset({"total_open", "invoices_phrase", "oldest_due_on", "due_phrase", "invoice_list"})
ABOUT_DEBTS = NEED_AN_INVOICE | {"card_note", "costs_warning", "pay_button"}
FORETELLING = frozenset({"card_name", "last_day", "renewal_of", "renewal_price", "page_button"})
