"""What a customer may tell us besides paying: one small form for each need."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Invoice
from dunning.operations.requests import Asked
from dunning.portal.files import FilesField
from dunning.portal.need_forms import NeedForm, day_field, words_field
from dunning.portal.need_words import words_of
from dunning.rules.amounts import read_amount
from dunning.rules.formats import day, money
from dunning.rules.help_terms import FURTHEST, next_friday
from dunning.rules.needs import DayPart, Need
from payments.models import PaymentMethod
from payments.queries.invoices import open_invoices, undisputed
from payments.queries.methods import kept_cards

LONG_AGO = timedelta(days=366)
MOST_LISTED = 100


class DayForm(NeedForm):
    """A form that names a day still to come. Days beyond the policy are allowed: then a person answers."""

    on = day_field(gettext_lazy("On which day?"))

    @property
    def longest(self) -> int:
        raise NotImplementedError

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = self.today + timedelta(days=FURTHEST)
        self.fields["on"].widget.attrs |= {"min": str(self.today + timedelta(days=1)), "max": str(last)}

    @property
    def lead(self) -> str:
        if not self.longest:
            return _("We look at your request and answer by %(day)s.") % {"day": self.answer_on}
        last = day(self.today + timedelta(days=self.longest), self.visit.locale)
        return _(
            "Up to %(last)s we agree at once. For a later day we look at your request and answer by %(day)s. "
            "Until then we send you no reminders."
        ) % {"last": last, "day": self.answer_on}

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if not self.today < on <= self.today + timedelta(days=FURTHEST):
            raise forms.ValidationError(_("Please choose a day that is still to come, within a year."))
        return on


class LaterForm(DayForm):
    need = Need.LATER
    charge = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.card is None:
            del self.fields["charge"]

    @property
    def longest(self) -> int:
        return self.known.terms.longest_promise_days

    @cached_property
    def card(self) -> PaymentMethod | None:
        """What could be charged on that day: a card with the leave to, where one currency is open."""
        if open_invoices(self.visit.customer).values("currency").order_by("currency").distinct().count() > 1:
            return None
        kept = kept_cards(self.visit.customer, settings.PAYMENT_GATEWAY)
        return next((card for card in kept if card.charge_agreed_at), None)

    def more(self) -> dict[str, Any]:
        return {"method": self.card if self.cleaned_data.get("charge") else None}


class ExtensionForm(DayForm):
    need = Need.EXTENSION
    on = day_field(gettext_lazy("Until which day?"))
    text = words_field(gettext_lazy("Why do you need more time?"))

    @property
    def longest(self) -> int:
        return self.known.terms.longest_extension_days


class DisputeForm(NeedForm):
    need = Need.DISPUTE
    lead = gettext_lazy(
        "A person looks at it. Until it is settled we do not ask you for it. Everything else you can pay as usual."
    )
    invoice = forms.ChoiceField(label=gettext_lazy("Which invoice?"), widget=forms.RadioSelect)
    amount = forms.CharField(
        label=gettext_lazy("Which amount of it is wrong? Leave it empty if it is all of it."),
        required=False,
        max_length=30,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    reference = forms.CharField(
        label=gettext_lazy("Which line of it, if it is about one?"), required=False, max_length=140
    )
    text = words_field(gettext_lazy("What is wrong?"))
    attached = FilesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(pk, self._words(invoice)) for pk, invoice in self.invoices.items()]
        field = self.fields["invoice"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if len(choices) == 1:
            self.initial["invoice"] = choices[0][0]

    @cached_property
    def invoices(self) -> dict[str, Invoice]:
        """Those that are open and not in dispute yet."""
        return {str(invoice.pk): invoice for invoice in undisputed(self.visit.customer)[:MOST_LISTED]}

    def _words(self, invoice: Invoice) -> str:
        return f"{invoice.number} · {money(invoice.balance, invoice.currency, self.visit.locale)}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        invoice = self.invoices.get(cleaned.get("invoice", ""))
        if invoice and (typed := cleaned.get("amount")):
            amount = read_amount(typed, invoice.currency, self.visit.locale)
            if amount is None or not 0 < amount <= invoice.amount:
                most = money(invoice.amount, invoice.currency, self.visit.locale)
                self.add_error("amount", _("Please write an amount above zero and up to %(most)s.") % {"most": most})
            cleaned["sum"] = amount
        return cleaned

    def more(self) -> dict[str, Any]:
        invoice = self.invoices[self.cleaned_data["invoice"]]
        return {"invoice": invoice, "amount": self.cleaned_data.get("sum"), "currency": invoice.currency}


class PaidForm(NeedForm):
    need = Need.PAID
    lead = gettext_lazy("Thank you! We look for your payment. Meanwhile we send you no reminders.")
    on = day_field(gettext_lazy("When did you pay?"))
    reference = forms.CharField(
        label=gettext_lazy("Which reference did you write, and from which account?"), required=False, max_length=140
    )
    text = words_field(gettext_lazy("Anything else that helps us find it"), required=False)
    attached = FilesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].widget.attrs |= {"max": str(self.today), "min": str(self.today - LONG_AGO)}

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if not self.today - LONG_AGO <= on <= self.today:
            raise forms.ValidationError(_("Please choose the day on which you paid: today or earlier."))
        return on


class StrangerForm(NeedForm):
    need = Need.STRANGER
    lead = gettext_lazy("We are sorry. From now on you get no reminders, and a person finds out whom we meant.")
    text = words_field(gettext_lazy("Who would be the right person, if you know?"), required=False)


class CallForm(NeedForm):
    need = Need.CALL
    day_part = forms.ChoiceField(
        label=gettext_lazy("When is a good time?"), widget=forms.RadioSelect, initial=DayPart.MORNING.value
    )
    phone = forms.CharField(
        label=gettext_lazy("On which number?"), max_length=32, widget=forms.TextInput({"autocomplete": "tel"})
    )
    text = words_field(gettext_lazy("What is it about?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["day_part"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(part.value, words) for part, words in day_parts().items()]

    @property
    def lead(self) -> str:
        return _("A person calls you by %(day)s. Until then we send you no reminders.") % {"day": self.answer_on}


class HardForm(NeedForm):
    need = Need.DIFFICULTY
    lead = gettext_lazy(
        "Thank you for telling us. From now on a person takes care of your account, and nothing goes out by itself. "
        "You do not have to explain anything."
    )
    what = forms.ChoiceField(label=gettext_lazy("What is it?"), widget=forms.RadioSelect, initial=Need.DIFFICULTY.value)
    text = words_field(gettext_lazy("What should we know? Only what you want to tell."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(need.value, words_of(need)) for need in (Need.DIFFICULTY, Need.CLOSING)]

    def asked(self) -> Asked:
        return Asked(Need(self.cleaned_data["what"]), text=self.cleaned_data["text"])


class ContactForm(NeedForm):
    need = Need.CONTACT
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)

    @property
    def lead(self) -> str:
        return _(
            "For your safety a person checks this before bills go to another address. You get an answer by %(day)s."
        ) % {"day": self.answer_on}

    def asked(self) -> Asked:
        return Asked(self.need, text=f"{self.cleaned_data['name']} <{self.cleaned_data['email']}>")


class ErasureForm(NeedForm):
    need = Need.ERASURE
    text = words_field(gettext_lazy("Anything that we should know?"), required=False)

    @property
    def lead(self) -> str:
        told = _(
            "A person looks at it and answers by %(day)s. What the law makes us keep stays, under your number and "
            "without your name. Before your address goes we tell you by e-mail."
        ) % {"day": self.answer_on}
        stays = _(
            "Letters on paper, bank statements, files for a collection agency and what you agreed to or refused stay "
            "as they are, even where your name is in them."
        )
        return f"{told} {stays}"


def day_parts() -> dict[DayPart, str]:
    """The times of day, as the customer reads them."""
    return {
        DayPart.MORNING: _("In the morning"),
        DayPart.NOON: _("Around noon"),
        DayPart.AFTERNOON: _("In the afternoon"),
        DayPart.EVENING: _("In the early evening"),
    }


FORMS: dict[str, type[NeedForm]] = {
    form.need.value: form
    for form in (
        LaterForm,
        ExtensionForm,
        DisputeForm,
        PaidForm,
        StrangerForm,
        CallForm,
        HardForm,
        ContactForm,
        ErasureForm,
    )
}


def prepared(wish: str, today: date) -> dict[str, Any]:
    """What a choice made in a mail fills in: the day it named, or the coming Friday."""
    try:
        on = date.fromisoformat(wish)
    except ValueError:
        return {"on": next_friday(today)} if wish == "friday" else {}
    return {"on": on} if on > today else {}
