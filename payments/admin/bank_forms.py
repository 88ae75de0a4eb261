"""What people say about money at the bank: the file, a suggestion they take, whose money it is, why it is nobody's."""

from typing import Any

from django import forms
from unfold.widgets import INPUT_CLASSES

from customers.admin.buttons import ButtonForm
from customers.models import Customer, Invoice
from payments.rules.bank_entry import LARGEST_FILE


class AccountInput(forms.TextInput):
    """The theme's script writes the name of a chosen file into the text field nearby; one for searching is spared."""

    input_type = "search"


class BankFileForm(forms.Form):
    """A file as the bank gives it out."""

    file = forms.FileField(
        label="File",
        help_text=f"CAMT.053, MT940 or CSV, up to {LARGEST_FILE >> 20} MB. The same file twice changes nothing.",
    )
    account = forms.CharField(
        label="Your account", required=False, max_length=64, widget=AccountInput(),
        help_text="For CSV only: the other formats name it.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].widget.attrs["class"] = " ".join(INPUT_CLASSES)


class AcceptForm(forms.Form):
    """A suggestion as the page showed it."""

    customer = forms.IntegerField()
    invoices = forms.RegexField(r"^\d{1,18}(,\d{1,18})*$", required=False)

    def chosen(self) -> tuple[int, tuple[int, ...]]:
        """(customer id, invoice ids); they count only if the books still suggest them."""
        told = self.cleaned_data
        return told["customer"], tuple(map(int, filter(None, told["invoices"].split(","))))


class PostForm(ButtonForm):
    customer = forms.CharField(label="Customer number", max_length=64)
    invoices = forms.CharField(
        label="Invoice numbers", required=False, max_length=2000,
        help_text="With commas between them. Empty: the oldest first. What is left over stays as credit.",
    )  # fmt: skip

    def clean_customer(self) -> Customer:
        number = self.cleaned_data["customer"].strip()
        found = Customer.objects.filter(number=number).first()
        if found is None:
            raise forms.ValidationError(f"No customer has the number {number}. Look it up under Customers.")
        return found

    def clean_invoices(self) -> list[int]:
        numbers = [number.strip() for number in self.cleaned_data["invoices"].split(",") if number.strip()]
        found = dict(Invoice.objects.filter(number__in=numbers).values_list("number", "pk"))
        if missing := [number for number in numbers if number not in found]:
            raise forms.ValidationError(f"No invoice has the number {missing[0]}. Look it up under Invoices.")
        return [found[number] for number in numbers]


class SetAsideForm(ButtonForm):
    reason = forms.CharField(max_length=300, help_text="For example: refund of a supplier, transfer between accounts.")
