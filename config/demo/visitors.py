"""What customers say on their own page: a day they name, what they thought of a letter, what waits for the desk."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User

from config.demo.scenes import Act
from customers.models import Customer, Invoice
from dunning.models import Case, PortalLink
from dunning.operations import feedback, requests
from dunning.operations.feedback import Opinion
from dunning.operations.requests import Asked
from dunning.rules.needs import DayPart, Need


def oldest_open(customer: Customer) -> Invoice | None:
    return customer.invoices.filter(balance__gt=0).order_by("due_on", "pk").first()


def names_a_day(*, in_days: int) -> Act:
    """The customer promises to pay by then, within what is granted at once."""

    def act(customer: Customer, now: datetime, _by: User) -> None:
        if invoice := oldest_open(customer):
            day = now.date() + timedelta(days=in_days)
            requests.ask(customer, Asked(Need.LATER, on=day, currency=invoice.currency), now=now)

    return act


def thinks(opinion: Opinion) -> Act:
    """The customer says what they thought of the last letter."""

    def act(customer: Customer, now: datetime, _by: User) -> None:
        link = PortalLink.objects.filter(customer=customer).order_by("-pk").first()
        feedback.give(customer, opinion, link=link, now=now)

    return act


def speak_up(*, now: datetime, but: Customer) -> None:
    """This morning one customer asks for a call, one finds an invoice wrong, one needs more time than is granted."""
    quiet = Case.objects.filter(state=Case.State.OPEN, about="", attention="", customer__holds=None)
    of_many = quiet.exclude(customer=but).filter(customer__language="en").select_related("customer")
    caller, doubter, latecomer = (case.customer for case in of_many.order_by("customer__number")[:3])
    wrong = "We were billed for five sensors and received four."
    in_six_weeks, why = now.date() + timedelta(days=42), "Our own customer pays us in January."
    for customer, asked in (
        (caller, Asked(Need.CALL, day_part=DayPart.MORNING, phone="+44 20 7946 0018")),
        (doubter, Asked(Need.DISPUTE, invoice=oldest_open(doubter), text=wrong)),
        (latecomer, Asked(Need.EXTENSION, on=in_six_weeks, text=why)),
    ):
        requests.ask(customer, asked, now=now)
