"""The switch beside a customer's profile: whether their letters go by their habits."""

from collections.abc import Callable
from functools import partial
from typing import Any

from customers.admin.buttons import Button, Press
from customers.models import Customer
from dunning.models import Profile
from dunning.operations import profiles


def go_by_habits(subject: Any, press: Press, *, customer_of: Callable[[Any], Customer]) -> str:
    profiles.use(customer_of(subject), is_used=True, now=press.now)
    return "Letters go by this customer's habits again, where the campaign allows it."


def ignore_habits(subject: Any, press: Press, *, customer_of: Callable[[Any], Customer]) -> str:
    profiles.use(customer_of(subject), is_used=False, now=press.now)
    return "Letters to this customer leave exactly as the campaign has it."


def habit_buttons(
    customer_of: Callable[[Any], Customer], *, where: Callable[[Any], bool] = lambda subject: True
) -> tuple[Button, Button]:
    """The two positions of the switch, for a page about a customer or one of their cases, `where` it makes sense."""

    def stands_at(is_used: bool) -> Callable[[Any], bool]:
        profiles_there = Profile.objects.filter(is_used=is_used)
        return lambda subject: where(subject) and profiles_there.filter(customer=customer_of(subject)).exists()

    return (
        Button(
            name="ignore_habits",
            label="Ignore their habits",
            says="Letters to this customer leave exactly as the campaign has it, whatever the profile says.",
            permission="dunning.change_case",
            act=partial(ignore_habits, customer_of=customer_of),
            offered=stands_at(True),
        ),
        Button(
            name="go_by_habits",
            label="Go by their habits",
            says="Letters may wait for the hour or the weekday at which this customer usually pays, where the campaign "
            "allows it.",
            permission="dunning.change_case",
            act=partial(go_by_habits, customer_of=customer_of),
            offered=stands_at(False),
        ),
    )
