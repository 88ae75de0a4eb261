"""120 days of the demo company, lived through: files come in, the engine turns, people read, pay, complain or wait.

Nothing is put into the tables from behind: every row is made by an operation of the product, at its time.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby

from django.contrib.auth.models import User

from config.demo import books, card_holders, key_accounts, people, processor, roles
from config.demo.card_holders import FAILS, FAILS_ON_THE_PAGE, GOOD, HOLDERS, OTHER, Mend
from config.demo.mailbox import BackdatedMailbox
from config.demo.people import Habit, Intent
from config.demo.sales import Sale, sales
from config.demo.scenes import Scene
from config.demo.stories import STORIES
from config.demo.world import DECIMALS, Firm, firms
from customers.models import Customer, Invoice
from dunning.models import Notice
from dunning.operations.tick import tick
from dunning.rules.words import StepKind
from payments.models import Payment
from payments.operations import charges, payments

DAYS = 120
SLOW_BANKS, DAYS_SLOW = 15, 3
SEED = 1847
FRIDAY = 4
EVENINGS = (0, 3)  # of the week, on which the engine turns a second time


class History:
    """The story from DAYS before `until` up to it; the same for the same `until`.

    `clerk` records what banks tell and talks to customers, `manager` decides on letters that wait for review.
    """

    def __init__(self, until: datetime, clerk: User, manager: User) -> None:
        self.until = until
        self.clerk, self.manager = clerk, manager
        self.chance = random.Random(SEED)
        everyone = firms(self.chance)
        self.told = dict(zip((firm.number for firm in everyone), STORIES, strict=False))
        silent = everyone[len(STORIES)]
        self.firms = {firm.number: firm for firm in everyone} | {silent.number: replace(silent, email="")}
        plain = [firm.number for firm in everyone[len(STORIES) + 1 :] if firm.currency != "KWD"]
        self.holders = set(plain[:HOLDERS])
        self.silent_from: dict[str, date] = {}
        self.fallen_due: dict[date, list[str]] = defaultdict(list)
        self.mends: dict[date, list[tuple[str, Mend]]] = defaultdict(list)
        self.troubles = card_holders.troubles()
        self.cards = 0
        self.habits = {number: self._habit(number, silent) for number in self.firms}
        self.first = until.date() - timedelta(days=DAYS)
        self.coming = self._sales()
        for part in roles.cast(self.coming, plain[HOLDERS:], until.date()):
            self.silent_from[part.number] = part.silent_from
            self.told[part.number] = part.role.scenes
            self.habits[part.number] = Habit.NEVER
        self.bills: dict[date, list[Sale]] = defaultdict(list)
        self.intents: dict[date, list[tuple[str, Intent]]] = defaultdict(list)
        self.scenes: dict[date, list[tuple[str, Scene]]] = defaultdict(list)
        self.begun: set[tuple[str, int]] = set()
        self.read_until = datetime.min.replace(tzinfo=UTC)
        self.pages = 0

    def _habit(self, number: str, silent: Firm) -> Habit:
        return Habit.NEVER if number in self.told or number == silent.number else people.habit(self.chance)

    def _sales(self) -> list[Sale]:
        last_file = self.until.date() - timedelta(days=self.until.weekday())
        planned = sales(
            list(self.firms.values()), self.first - timedelta(days=13), last_file - timedelta(days=1), self.chance
        )
        return sorted(planned, key=lambda sale: sale.issued_on, reverse=True)

    def live(self) -> Iterator[date]:
        """Live through it; yields each day that is over."""
        for number in range(DAYS + 1):
            today = self.first + timedelta(days=number)
            for hour, act in self._day(today):
                moment = datetime.combine(today, hour, UTC)
                if moment <= self.until:
                    BackdatedMailbox.today = moment
                    act(moment)
            yield today
        BackdatedMailbox.today = self.until
        tick(now=self.until)

    def _day(self, today: date) -> list[tuple[time, Callable[[datetime], object]]]:
        """A turn of the engine, on two days of the week a second one, with people's doings in between.

        No letter leaves at weekends, so there is no turn. At 08:45 UTC it is a working hour from Berlin to Tokyo, at
        17:15 from Los Angeles to London.
        """
        return [
            (time(0, 30), self._file_arrives),
            (time(7, 30), self._bank_statement),
            (time(8, 0), self._desk_listens),
            (time(8, 30), self._cards_fail_and_mend),
            (time(8, 45), _turn if today.weekday() <= FRIDAY and today.weekday() not in EVENINGS else _rest),
            (time(9, 30), self._desk_works),
            (time(12, 0), self._people_read),
            (time(17, 15), _turn if today.weekday() in EVENINGS else _rest),
            (time(20, 0), self._people_pay_online),
        ]

    def _file_arrives(self, now: datetime) -> None:
        if now.date() != self.first and now.weekday() != 0:
            return
        arrived = []
        while self.coming and self.coming[-1].issued_on < now.date():
            arrived.append(self.coming.pop())
        books.take_in(arrived, by=self.clerk, now=now)
        for sale in arrived:
            if sale.firm.number in self.holders:
                self._charge_when_due(sale, now)
                continue
            if on := self._pays_unasked(sale):
                self.bills[max(on, now.date())].append(sale)

    def _pays_unasked(self, sale: Sale) -> date | None:
        if silent_from := self.silent_from.get(sale.firm.number):
            return sale.due_on - timedelta(days=1) if sale.due_on < silent_from else None
        return people.pays_unasked(self.habits[sale.firm.number], sale.due_on, self.chance)

    def _charge_when_due(self, sale: Sale, now: datetime) -> None:
        customer = Customer.objects.get(number=sale.firm.number)
        if not customer.payment_methods.exists():
            self._enters_a_card(customer, now)
        self.fallen_due[max(sale.due_on, now.date())].append(sale.firm.number)

    def _enters_a_card(self, customer: Customer, now: datetime) -> None:
        self.cards += 1
        processor.is_at(now)
        brand = GOOD if not customer.payment_methods.exists() else OTHER
        processor.stores_a_card(customer, f"{brand}.{self.cards}", may_charge=True, now=now)

    def _cards_fail_and_mend(self, now: datetime) -> None:
        if now.weekday() > FRIDAY:  # nothing is charged today: tomorrow is early enough
            self.fallen_due[now.date() + timedelta(days=1)] += self.fallen_due.pop(now.date(), [])
            self.mends[now.date() + timedelta(days=1)] += self.mends.pop(now.date(), [])
            return
        due, mended = self.fallen_due.pop(now.date(), []), self.mends.pop(now.date(), [])
        if due or mended or self.mends:
            processor.is_at(now)  # for the engine's turn, too
        for number, mend in mended:
            self._mend(Customer.objects.get(number=number), mend, now)
        for number in due:
            if self.chance.random() < FAILS:
                trouble = next(self.troubles)
                processor.card_becomes(Customer.objects.get(number=number), trouble.like)
                mend, day = card_holders.mending(trouble, now.date(), self.chance)
                self.mends[day if day > now.date() else now.date() + timedelta(days=1)].append((number, mend))

    def _mend(self, customer: Customer, mend: Mend, now: datetime) -> None:
        if mend is Mend.BY_ITSELF:
            processor.card_becomes(customer, GOOD)
        if mend is Mend.NEW_CARD:
            self._enters_a_card(customer, now)
        if mend is Mend.ON_THE_PAGE:
            processor.card_becomes(customer, GOOD)
            for due in _due([customer.number], now).values():
                self._charge(_share(due, Intent(now.date())), due, GOOD, now)

    def _bank_statement(self, now: datetime) -> None:
        numbers = [sale.number for sale in self.bills.pop(now.date(), [])]
        bills = Invoice.objects.filter(number__in=numbers, balance__gt=0).select_related("customer")
        paid = groupby(bills.order_by("customer", "due_on", "pk"), lambda bill: bill.customer_id)
        self._transfers([(list(invoices), Intent(now.date())) for _, invoices in paid], now)
        told = [(number, intent) for number, intent in self.intents[now.date()] if not intent.online]
        due = _due([number for number, _ in told], now)
        # Who means to pay twice on a day pays once.
        self._transfers([(due.pop(number), intent) for number, intent in told if number in due], now)

    def _transfers(self, meant: Sequence[tuple[list[Invoice], Intent]], now: datetime) -> None:
        received = [
            payments.Received(
                customer_id=invoices[0].customer_id,
                amount=amount,
                currency=invoices[0].currency,
                received_on=_value_day(invoices[0].customer, now),
                source=Payment.Source.DESK,
                invoice_ids=[invoice.pk for invoice in invoices],
            )
            for invoices, intent in meant
            if (amount := _share(invoices, intent)) > 0
        ]
        payments.record_all(received, now=now, by=self.clerk)

    def _people_pay_online(self, now: datetime) -> None:
        online = [(number, intent) for number, intent in self.intents.pop(now.date(), []) if intent.online]
        if online:
            processor.is_at(now)
        for number, intent in online:
            for due in _due([number], now).values():
                if (amount := _share(due, intent)) > 0:
                    fails = self.chance.random() < FAILS_ON_THE_PAGE
                    self._charge(amount, due, next(self.troubles).like if fails else GOOD, now)

    def _charge(self, amount: Decimal, due: list[Invoice], card: str, now: datetime) -> None:
        """Whose card is declined takes the other one."""
        self.pages += 1
        attempt = charges.charge(
            due[0].customer,
            amount=amount,
            currency=due[0].currency,
            card=card,
            key=f"demo-{self.pages}",
            now=now,
            invoice_ids=[invoice.pk for invoice in due],
        )
        if attempt.payment_id is None and card != GOOD:
            self._charge(amount, due, GOOD, now + timedelta(minutes=2))

    def _people_read(self, now: datetime) -> None:
        sent = Notice.objects.filter(
            state=Notice.State.SENT, finished_at__gt=self.read_until, step__kind=StepKind.REMINDER
        )
        self.read_until = now
        for number, day in sent.order_by("pk").values_list("customer__number", "step__offset_days"):
            intent = people.answers(self.habits[number], day, now.date(), self.chance)
            if intent:
                self.intents[intent.on].append((number, intent))
            for scene in self.told.get(number, ()):
                self._begin(number, scene, day, now)

    def _begin(self, number: str, scene: Scene, day: int, now: datetime) -> None:
        key = (number, self.told[number].index(scene))
        if day >= scene.after and key not in self.begun:
            self.begun.add(key)
            self.scenes[now.date() + timedelta(days=scene.days)].append((number, scene))

    def _desk_works(self, now: datetime) -> None:
        if now.weekday() <= FRIDAY and now < self.until - key_accounts.UNDECIDED:
            key_accounts.review_letters(now=now, by=self.manager)
            key_accounts.work_off_calls(now=now, by=self.clerk)

    def _desk_listens(self, now: datetime) -> None:
        for number, scene in self.scenes.pop(now.date(), []):
            scene.act(Customer.objects.get(number=number), now, self.clerk)


def _turn(now: datetime) -> None:
    tick(now=now)


def _due(numbers: Sequence[str], now: datetime) -> dict[str, list[Invoice]]:
    """Customer number → their invoices that are due, oldest first; nobody who owes nothing."""
    late = Invoice.objects.filter(customer__number__in=numbers, balance__gt=0, due_on__lte=now.date())
    found = defaultdict(list)
    for invoice in late.select_related("customer").order_by("due_on", "pk"):
        found[invoice.customer.number].append(invoice)
    return found


def _value_day(customer: Customer, now: datetime) -> date:
    """One bank in fifteen tells of money days after it came: whoever is reminded meanwhile is reminded wrongly."""
    is_slow = int(customer.number[1:]) % SLOW_BANKS == 0
    return now.date() - timedelta(days=DAYS_SLOW if is_slow else 0)


def _rest(_now: datetime) -> None:
    """Nothing happens."""


def _share(due: list[Invoice], intent: Intent) -> Decimal:
    total = sum((invoice.balance for invoice in due), Decimal(0))
    if not due or intent.share >= 1:
        return total
    return round(total * Decimal(intent.share), DECIMALS.get(due[0].currency, 2))
