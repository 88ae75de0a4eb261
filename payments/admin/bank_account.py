"""Our bank accounts, as customers are told to pay into them. A manager keeps them."""

from typing import Any

from django import forms
from django.contrib import admin
from stdnum import bic, iban
from stdnum.exceptions import ValidationError

from customers.admin.base import Badge, DeskAdmin, badge
from customers.admin.filters import CurrencyFilter
from customers.rules.money import MINOR_UNITS
from payments.models import BankAccount


class BankAccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """Customers copy what stands here, so that a mistyped number must not pass."""

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"].upper()
        if currency not in MINOR_UNITS:
            raise forms.ValidationError("Give the three letters of an ISO 4217 currency in use, for example EUR.")
        return currency

    def clean_iban(self) -> str:
        told = self.cleaned_data["iban"]
        try:
            return iban.validate(told) if told else ""
        except ValidationError:
            raise forms.ValidationError(
                "This is no IBAN: its check digits, its length or its country are wrong. Copy it from a statement."
            ) from None

    def clean_bic(self) -> str:
        told = self.cleaned_data["bic"]
        try:
            return bic.validate(told) if told else ""
        except ValidationError:
            raise forms.ValidationError("This is no BIC: it has 8 or 11 letters and digits, as DEUTDEFF.") from None

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if "iban" in told and bool(told["iban"]) == bool(told.get("account_number")):
            self.add_error("iban", "Give the IBAN, or the account number where there is no IBAN; not both.")
        return told


@admin.register(BankAccount)
class BankAccountAdmin(DeskAdmin):
    form = BankAccountForm
    empty_says = "Add the account into which customers may pay. Until then bank transfer is not offered."
    list_display = ("currency", "number", "holder", "bank_name", "shown")
    list_filter = (CurrencyFilter,)
    list_before_template = "desk/bank_accounts.html"
    ordering = ("currency", "pk")
    sortable_by = ()
    fields = (
        ("currency", "holder"),
        ("iban", "bic"),
        ("account_number", "routing_code"),
        ("bank_name", "is_shown"),
    )

    @admin.display(description="Account")
    def number(self, account: BankAccount) -> str:
        return account.iban or account.account_number

    @badge("Customers see it", {"yes": "success", "no": None})
    def shown(self, account: BankAccount) -> Badge:
        return Badge("yes", "yes") if account.is_shown else Badge("no", "no")
