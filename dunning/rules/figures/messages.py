"""How messages arrive and how they are taken."""

from decimal import Decimal

from dunning.rules.figures.shares import rate


def wrongful_rate(after_money: int, sent: int) -> Decimal | None:
    """Reminders sent after the money for an invoice they name had arrived, by value date ÷ reminders sent."""
    return rate(after_money, sent)


def annoyance(complaints: int, opt_outs: int, unkind: int, contacted: int) -> Decimal | None:
    """(Complaints + opt-outs + negative feedback) ÷ customers contacted."""
    return rate(complaints + opt_outs + unkind, contacted)


def delivery_rate(happened: int, sent: int) -> Decimal | None:
    """Bounces, complaints, opt-outs or replies ÷ messages sent."""
    return rate(happened, sent)


def per_recovered(messages: int, recovered: int) -> Decimal | None:
    """Messages for each invoice recovered."""
    return rate(messages, recovered)
