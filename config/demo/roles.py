"""Stories of these weeks: customers who paid on time until lately; what was done for them still stands today."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from config.demo.care import gets, gets_an_owner, goes_to, is_called, is_held, is_vulnerable, wishes_no
from config.demo.fees import buys_as_a_business, is_let_off_the_fees, pays_with_the_fees
from config.demo.key_accounts import NAME, SEGMENT
from config.demo.sales import Sale
from config.demo.scenes import Scene
from customers.models import Hold
from customers.rules.contact import Topic


@dataclass(frozen=True, slots=True)
class Role:
    """Whose first unpaid invoice fell due `most` to `least` days ago, and what happens from then on."""

    most: int
    least: int
    scenes: tuple[Scene, ...] = ()
    country: str = ""
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A role with the customer who plays it: nothing due from `silent_from` on is paid."""

    role: Role
    number: str
    silent_from: date


ROLES = (
    Role(26, 9, (Scene(1, 2, is_held(Hold.Kind.BREATHING_SPACE, "Entered in the register by a debt adviser")),), "GB"),
    Role(26, 9, (Scene(1, 3, is_held(Hold.Kind.BEREAVEMENT, "The owner's father has died")),)),
    Role(26, 9, (Scene(1, 2, is_vulnerable("Seriously ill; speak to the daughter, and slowly")),)),
    Role(30, 16, (Scene(7, 2, wishes_no(Topic.REMINDERS, "email", said="On the phone: please call instead")),)),
    Role(26, 9, (Scene(1, 1, wishes_no(Topic.EARLY, "", said="By e-mail: no notices before the day")),)),
    # Three contacts within a week: the letter of day 7 has to wait.
    Role(
        9,
        7,
        (
            Scene(1, 3, is_called("Nobody answered", is_talk=False)),
            Scene(1, 4, is_called("Nobody answered", is_talk=False)),
            Scene(1, 5, is_called("Bookkeeper back on Monday, asks for patience until then")),
        ),
    ),
    Role(26, 9, (Scene(1, 1, gets(NAME, "Will be a key account from January, the sales manager says")),)),
    Role(40, 20, (Scene(1, 4, gets("", "Our managing director talks to theirs about a new contract")),)),
    Role(65, 50, (Scene(30, 3, goes_to("Everett & Lowe Collections")),)),
    # Businesses in countries whose law gives a lump sum for late payment.
    Role(
        33,
        20,
        (
            Scene(1, 1, buys_as_a_business()),
            Scene(7, 2, is_let_off_the_fees("Good customers for years; their bookkeeper was ill")),
        ),
        "DE",
    ),
    Role(40, 26, (Scene(1, 1, buys_as_a_business()), Scene(7, 4, pays_with_the_fees())), "FR"),
    Role(26, 12, (Scene(1, 1, buys_as_a_business()),), "ES"),
    Role(15, 10, is_key=True),
    Role(25, 18, (Scene(2, 1, gets_an_owner()),), is_key=True),
    Role(
        34,
        26,
        (Scene(10, 10, is_called("Invoice had gone to the old address; sent again, pays this month")),),
        is_key=True,
    ),
    Role(42, 33, is_key=True),
    Role(60, 48, is_key=True),
)


def cast(sales: Sequence[Sale], free: Iterable[str], today: date) -> Iterator[Part]:
    """Who plays which role: the first customer among the `free` numbers with an invoice that fits, if there is one."""
    left = set(free)
    for role in ROLES:
        earliest, latest = today - timedelta(days=role.most), today - timedelta(days=role.least)
        fitting = (
            sale
            for sale in sales
            if sale.firm.number in left
            and earliest <= sale.due_on <= latest
            and role.country in ("", sale.firm.country)
            and role.is_key == (sale.firm.segment == SEGMENT)
        )
        if sale := min(fitting, key=lambda sale: (sale.due_on, sale.number), default=None):
            left.discard(sale.firm.number)
            yield Part(role, sale.firm.number, earliest)
