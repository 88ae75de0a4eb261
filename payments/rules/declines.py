"""What a refused payment means: for the next try, for the customer, for the desk.

The meaning of codes is data (a `DeclineBook`); here is only how several of them are weighed: the strictest layer wins.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from payments.rules.methods import MethodKind

GENERIC = "generic_decline"
ANY_OTHER = "*"  # a layer's row for every code that it does not name


@dataclass(frozen=True, slots=True)
class Decline:
    """A refusal in the words of all who had a say; each may be empty.

    `code` is the gateway's reason, `advice` its advice, `network_code` what the card's bank or the debit scheme
    answered, `network_advice` the network's category or advice (Mastercard: the merchant advice code).
    """

    code: str = ""
    advice: str = ""
    network_code: str = ""
    network_advice: str = ""


class Layer(StrEnum):
    """Who speaks. A code means something only within its layer."""

    GATEWAY = "gateway"
    GATEWAY_DEBIT = "gateway_debit"
    GATEWAY_LOCAL = "gateway_local"
    GATEWAY_ADVICE = "gateway_advice"
    VISA = "visa"
    VISA_CATEGORY = "visa_category"
    MASTERCARD = "mastercard"
    MERCHANT_ADVICE = "mac"
    NETWORK = "network"
    ACH = "ach"
    SEPA = "sepa"


LAYER_WORDS = {
    Layer.GATEWAY: "the gateway's code",
    Layer.GATEWAY_DEBIT: "the gateway's code for a bank debit",
    Layer.GATEWAY_LOCAL: "the gateway's code for a local method",
    Layer.GATEWAY_ADVICE: "the gateway's advice",
    Layer.VISA: "Visa's response code",
    Layer.VISA_CATEGORY: "Visa's category",
    Layer.MASTERCARD: "Mastercard's response code",
    Layer.MERCHANT_ADVICE: "Mastercard's advice code",
    Layer.NETWORK: "the card network's response code",
    Layer.ACH: "the ACH return code",
    Layer.SEPA: "the SEPA reason code",
}


ADVICE = frozenset({Layer.GATEWAY_ADVICE, Layer.VISA_CATEGORY, Layer.MERCHANT_ADVICE})  # beside a code, not instead


class Meaning(StrEnum):
    """The class of a refusal, from the mildest to the strictest."""

    TECHNICAL = "technical"
    LATER = "later"
    FIX_DATA = "fix_data"
    CUSTOMER_ACTION = "customer_action"
    MERCHANT = "merchant"
    NEVER = "never"


class Auto(StrEnum):
    """Whether the same card may be tried again unattended, from the mildest to the strictest.

    Once: one more try. After: only once the customer has done something.
    """

    YES = "yes"
    ONCE = "once"
    AFTER = "after"
    NO = "no"


class Cause(StrEnum):
    """What a schedule of further tries is for. The first five follow from a refusal, the others from the method."""

    TECHNICAL = "technical"
    NO_FUNDS = "no_funds"
    LIMIT = "limit"
    GENERIC = "generic"
    ACH_NO_FUNDS = "ach_no_funds"
    SEPA_NO_FUNDS = "sepa_no_funds"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one code of one layer means. No countries: everywhere (ISO 3166, two letters)."""

    layer: Layer
    code: str
    meaning: Meaning
    auto: Auto
    first_move: str
    cause: Cause | None = None
    is_masked: bool = False
    this_payment_only: bool = False
    is_death: bool = False
    wait: timedelta = timedelta(0)
    countries: frozenset[str] = frozenset()

    @property
    def strictness(self) -> tuple[int, int]:
        """The more, the stricter."""
        return list(Auto).index(self.auto), list(Meaning).index(self.meaning)


class CapScope(StrEnum):
    """Over what a cap counts tries: all tries of one card in a time, or the tries for one invoice."""

    DAY = "day"
    DAYS_30 = "days_30"
    MONTH = "month"
    INVOICE = "invoice"


ANY_NETWORK = "any"  # our own caps: for every card and account


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `limit` tries per `scope`. Empty country: everywhere, otherwise for cards issued there.

    `same_amount`: only tries for the same amount count. Own caps (`network` "any") do not count technical failures.
    """

    network: str
    scope: CapScope
    limit: int
    same_amount: bool = False
    country: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When to try again after a refusal: one pause for each try, as "10min", "6h", "3d", "payday", "month_start".

    `within_days` of the first try everything must be over; `notice_days` the payer is told of each try before it.
    """

    cause: Cause
    pauses: tuple[str, ...]
    within_days: int | None = None
    notice_days: int = 0


@dataclass(frozen=True)
class DeclineBook:
    """All rows in force on one day."""

    on: date
    rules: Mapping[tuple[Layer, str], tuple[Rule, ...]] = field(default_factory=dict)
    caps: tuple[Cap, ...] = ()
    schedules: Mapping[Cause, Schedule] = field(default_factory=dict)

    def find(self, layer: Layer, code: str, country: str = "") -> Rule | None:
        """The rule of a code for this country: its own first, then the one for everywhere, then the layer's rest."""
        for asked in (code, ANY_OTHER):
            found = self.rules.get((layer, asked), ())
            for rule in sorted(found, key=lambda rule: not rule.countries):
                if not rule.countries or country in rule.countries:
                    return rule
        return None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a refusal means, all layers weighed. `because` says which layer decided.

    `causes` are those of every layer: a next try keeps the schedules of all of them. `unknown` are codes without a row.
    """

    meaning: Meaning
    auto: Auto
    first_move: str
    because: str
    wait: timedelta = timedelta(0)
    is_masked: bool = False
    this_payment_only: bool = False
    is_death: bool = False
    causes: tuple[Cause, ...] = ()
    unknown: tuple[tuple[Layer, str], ...] = ()


class WordsForCustomer(StrEnum):
    """What the customer's page says of a refusal. There is no third: whatever is sensitive reads like any other no."""

    NO_FUNDS = "no_funds"
    DECLINED = "declined"


def judge(
    decline: Decline, book: DeclineBook, *, kind: MethodKind = MethodKind.CARD, brand: str = "", country: str = ""
) -> Judgement:
    """Weigh every layer of a refusal; the strictest decides, so that advice can only tighten.

    `brand` is the card's ("Visa"), `country` the payer's. A code without a row counts as `generic_decline` and is
    reported in `unknown`.
    """
    found: list[tuple[Rule, str]] = []
    unknown: list[tuple[Layer, str]] = []
    for layers, code in _voices(decline, kind, brand):
        rule = next((rule for layer in layers if (rule := book.find(layer, code, country))), None)
        if rule:
            found.append((rule, f"{LAYER_WORDS[layers[0]]} “{code}”"))
        else:
            unknown.append((layers[0], code))
    if unknown or not found:
        found.append((_generic(book), _unknown_words(unknown)))
    return _weighed(found, tuple(unknown))


def network_of(kind: MethodKind, brand: str) -> str:
    """Whose caps count: "visa", "mastercard" or "other" for cards, the kind's own name for bank debits."""
    if kind is not MethodKind.CARD:
        return kind.value
    name = brand.lower().replace(" ", "")
    return name if name in ("visa", "mastercard") else "other"


def words_for_customer(judgement: Judgement) -> WordsForCustomer:
    """Which words the customer reads. A sensitive cause gives the same as a plain no."""
    if Cause.NO_FUNDS in judgement.causes and not judgement.is_masked:
        return WordsForCustomer.NO_FUNDS
    return WordsForCustomer.DECLINED


def _voices(decline: Decline, kind: MethodKind, brand: str) -> Iterator[tuple[tuple[Layer, ...], str]]:
    """Each code that was given, with the layers in which it may be listed, most fitting first."""
    network = network_of(kind, brand)
    own, code, advice = {
        "visa": ((Layer.GATEWAY,), (Layer.VISA,), (Layer.VISA_CATEGORY,)),
        "mastercard": ((Layer.GATEWAY,), (Layer.MASTERCARD, Layer.NETWORK), (Layer.MERCHANT_ADVICE,)),
        "other": ((Layer.GATEWAY,), (Layer.NETWORK,), (Layer.MERCHANT_ADVICE,)),
        "sepa_debit": ((Layer.GATEWAY_DEBIT, Layer.GATEWAY_LOCAL), (Layer.SEPA,), ()),
        "ach_debit": ((Layer.GATEWAY_DEBIT, Layer.GATEWAY_LOCAL), (Layer.ACH,), ()),
    }[network]
    told = (
        (own, decline.code),
        ((Layer.GATEWAY_ADVICE,), decline.advice),
        (code, decline.network_code),
        (advice, decline.network_advice),
    )
    return ((layers, spoken) for layers, spoken in told if layers and spoken)


def _generic(book: DeclineBook) -> Rule:
    """The row of the generic decline; a book without one (no rows yet) is as careful as its shipped row."""
    shipped = Rule(
        Layer.GATEWAY, GENERIC, Meaning.LATER, Auto.ONCE, "Try once more, then ask for another card.", Cause.GENERIC
    )
    return book.find(Layer.GATEWAY, GENERIC) or shipped


def _unknown_words(unknown: list[tuple[Layer, str]]) -> str:
    if not unknown:
        return "no code was given, which counts as a generic decline"
    layer, code = unknown[0]
    return f"{LAYER_WORDS[layer]} “{code}” is unknown and counts as a generic decline"


def _weighed(found: list[tuple[Rule, str]], unknown: tuple[tuple[Layer, str], ...]) -> Judgement:
    strictest, words = max(found, key=lambda pair: pair[0].strictness)  # of equals the first: the gateway's
    lasting = [rule for rule, _ in found if rule.auto is Auto.NO and not rule.this_payment_only]
    causes = {rule.cause for rule, _ in found if rule.cause}
    if not causes and strictest.auto in (Auto.YES, Auto.ONCE):
        causes = {Cause.GENERIC}  # only advice was given
    return Judgement(
        meaning=strictest.meaning,
        auto=strictest.auto,
        first_move=strictest.first_move,
        because=f"{words}: {strictest.first_move}",
        wait=max(rule.wait for rule, _ in found),
        is_masked=any(rule.is_masked for rule, _ in found),
        this_payment_only=strictest.this_payment_only and not lasting,
        is_death=any(rule.is_death for rule, _ in found),
        causes=tuple(sorted(causes)),
        unknown=unknown,
    )
