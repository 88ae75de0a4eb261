"""Rules 1 and 6: everything a payer must know stands there, and nothing that a program left behind."""

import re
from collections.abc import Iterator

from babel import Locale

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import FIELD, Line, Message
from dunning.rules.checking.standing import Standing
from dunning.rules.checking.wording import pattern, wording_of
from dunning.rules.formats import day, money
from dunning.rules.letter import FIELDS

HOLES = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|%\(?\w*\)?[sd](?!\w)|<<\w+>>|\[[A-Za-zÀ-ÿ_ ]{2,30}\]|\$\{?\w+\}|\bX{3,}\b|\bTODO\b"
)
EMPTY = re.compile(r"\(\s*\)|[ \u00a0],")
AT_A_LINE = re.compile(r"Line (\d+): (.*)", re.DOTALL)
NUMERIC_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d\d)\b")
POINT_DECIMALS = re.compile(r"\b\d+(?:,\d{3})*\.\d\d\b(?![.\d])")
COMMA_DECIMALS = re.compile(r"\b\d+(?:\.\d{3})*,\d\d\b(?!\d)")


def tells_all(message: Message, standing: Standing) -> Iterator[Remark]:
    """Amount with currency, number, due date and purpose of what is open. A text message has them behind its link."""
    if not standing.asks or standing.is_short or message.refusal:
        return
    facts = message.facts
    [line] = facts.lines
    told = " ".join(message.text.split())
    days = (day(line.due_on, facts.locale), day(line.due_on, facts.locale, short=True))
    wanted = {
        "the open amount with its currency": ([money(line.balance, line.currency, facts.locale)], "{total_open}"),
        "the number of the invoice": ([line.number], "{invoice_list}"),
        "the due date": (list(days), "{invoice_list}"),
        "what the invoice is for": ([line.description], "{invoice_list}"),
    }
    for what, (any_of, better) in wanted.items():
        if not any(" ".join(words.split()) in told for words in any_of):
            yield Remark(f"It does not say {what}.", f"Put {better} into the text.")


def leaves_no_holes(message: Message, standing: Standing) -> Iterator[Remark]:
    """Unresolved or empty placeholders, numbers and dates of another country, words that do not fit their number."""
    if message.refusal:
        yield _refused(message)
    for line in (message.subject, *message.body):
        yield from _holes(line)
        yield from _foreign_formats(line, message.facts.locale)
        yield from _bent(line, message)


def _refused(message: Message) -> Remark:
    better = "Mend this first: as it is, no letter can be made of it."
    if not (at := AT_A_LINE.match(message.refusal)):
        return Remark(message.refusal, better)
    blank = next(n for n, line in enumerate(message.body) if line.typed.strip())  # lines above are not counted there
    return message.body[blank + int(at[1]) - 1].remark(at[2][:1].upper() + at[2][1:], better)


def _holes(line: Line) -> Iterator[Remark]:
    for match in HOLES.finditer(line.own.replace("{}", "")):
        yield line.remark(
            "This looks like a field that is not filled in.", "Use a field such as {customer_name}.", match[0]
        )
    for name in FIELD.findall(line.typed):
        if name in FIELDS and "{" + name + "}" in line.says:
            yield line.remark(
                "This field has no value here, so it would leave a hole.", "Take it out.", "{" + name + "}"
            )
    for match in EMPTY.finditer(line.says if not line.is_block else ""):
        yield line.remark(
            "Something is missing here.", "Fill it in, or take the words around it out.", match[0].strip() or match[0]
        )


def _foreign_formats(line: Line, locale: Locale) -> Iterator[Remark]:
    for match in NUMERIC_DATE.finditer(line.own):
        better = "Use a field such as {oldest_due_on}: it writes the date as the reader does."
        yield line.remark("A date in figures is read differently from country to country.", better, match[0])
    wrong, right = (COMMA_DECIMALS, "1,240.50") if locale.language == "en" else (POINT_DECIMALS, "1.240,50")
    for match in wrong.finditer(NUMERIC_DATE.sub(" ", line.own)):
        better = f"Use a field such as {{total_open}}, or write it as {right}."
        yield line.remark("This language writes numbers otherwise.", better, match[0])


def _bent(line: Line, message: Message) -> Iterator[Remark]:
    wrong = pattern(wording_of(message.language).bent_wrong)
    for says in () if line.is_block else dict.fromkeys((line.says, line.says_of_many)):
        for match in wrong.finditer(says):
            better = "Word it so that it is right for one and for twenty, or use {invoices_phrase} alone."
            yield line.remark("This does not fit its number, with one invoice or with many.", better, match[0])
