"""What a customer may ask for: how much of the debt, with which card. The server bounds all of it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dunning.portal.debts import Debt
from dunning.rules.amounts import read_amount
from dunning.rules.formats import money
from payments.gateways.base import CardOnOffer, Gateway
from payments.models import PaymentMethod
from payments.rules.charging import may_be_charged

NEW = "new"
CHOOSE_A_CARD = gettext_lazy("Please choose a card.")


def name_of(kept: PaymentMethod) -> str:
    """How a form names a card that we keep."""
    return f"kept-{kept.pk}"


class PayForm(forms.Form):
    """`key` is the page's once-only key; `invoice` names those that the customer wants to pay, unless all.

    Cards to choose: those we keep, those on offer, NEW where the gateway has a page for it, and `entered`, the name
    of a card that was entered on that page.
    """

    key = forms.CharField(max_length=64)
    how_much = forms.ChoiceField(error_messages={"required": gettext_lazy("Please choose how much to pay.")})
    amount = forms.CharField(required=False, max_length=100)
    card = forms.ChoiceField(error_messages={"required": CHOOSE_A_CARD, "invalid_choice": CHOOSE_A_CARD})
    keep_card = forms.BooleanField(required=False)
    may_charge = forms.BooleanField(required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        debt: Debt,
        kept: Sequence[PaymentMethod],
        gateway: Gateway,
        locale: Locale,
        entered: str = "",
    ) -> None:
        self.debt, self.gateway, self.locale = debt, gateway, locale
        self.offers, self.may_enter = gateway.cards_on_offer(), gateway.has_set_up_page
        self.kept = {name_of(card): card for card in kept}
        self.choices = self._amounts()
        cards = [*self.kept, *(offer.card.token for offer in self.offers), *([NEW] if self.may_enter else [])]
        super().__init__(data, initial={"how_much": next(iter(self.choices)), "card": next(iter(cards), "")})
        self._choose_from("how_much", [*self.choices, "part"])
        self._choose_from("card", [*cards, *([entered] if entered else [])])

    def _amounts(self) -> dict[str, Decimal]:
        """The amounts offered ready-made: what is due first, then what is not in dispute, then everything."""
        debt, offered = self.debt, {}
        if not debt.chosen and 0 < debt.due < debt.total:
            offered["due"] = debt.due
        if 0 < debt.undisputed < debt.payable and debt.undisputed not in offered.values():
            offered["undisputed"] = debt.undisputed
        return {**offered, "all": debt.payable}

    def _choose_from(self, name: str, values: list[str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(value, value) for value in values]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        how_much = cleaned.get("how_much", "")
        if how_much == "part":
            cleaned["sum"] = self._own_amount(cleaned.get("amount", ""))
        elif how_much:
            cleaned["sum"] = self.choices[how_much]
        if amount := cleaned.get("sum"):
            self._insist_on_what_can_be_taken(amount)
        return cleaned

    def _insist_on_what_can_be_taken(self, amount: Decimal) -> None:
        most = self.gateway.most_of(amount, self.debt.currency)
        if most != amount:
            example = money(most, self.debt.currency, self.locale)
            self.add_error(
                "amount", _("By card only an amount such as %(example)s can be paid.") % {"example": example}
            )

    def _own_amount(self, typed: str) -> Decimal | None:
        debt = self.debt
        amount = read_amount(typed, debt.currency, self.locale)
        if amount is None or not may_be_charged(amount, debt.currency, debt.payable):
            most = money(debt.payable, debt.currency, self.locale)
            self.add_error("amount", _("Please write an amount above zero and up to %(most)s.") % {"most": most})
        return amount

    def token_of_card(self) -> str:
        """The gateway's token of the chosen card, for one that we keep or that is on offer."""
        chosen = str(self.cleaned_data["card"])
        return self.kept[chosen].token if chosen in self.kept else chosen


class CardForm(forms.Form):
    """Which of the cards on offer to keep for next time, and whether what falls due may be charged to it."""

    card = forms.ChoiceField(error_messages={"required": CHOOSE_A_CARD, "invalid_choice": CHOOSE_A_CARD})
    may_charge = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, offers: Sequence[CardOnOffer]) -> None:
        super().__init__(data)
        self.offers = {offer.card.token: offer for offer in offers}
        field = self.fields["card"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(token, token) for token in self.offers]
