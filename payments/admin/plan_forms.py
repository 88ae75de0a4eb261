"""What is asked before an instalment plan is agreed."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import INPUT_CLASSES

from customers.admin.buttons import DateInput
from customers.models import Customer, Invoice
from customers.wording import lateness, money
from payments.operations.instalment_plans import LONGEST_PATIENCE
from payments.queries.plans import plannable
from payments.rules.instalments import MOST_PARTS, Interval

CHOOSABLE = 100
DEFAULT_PARTS = 3


class InvoiceChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Open invoices, each with what is open of it and since when."""

    def label_from_instance(self, obj: Any) -> str:
        late = lateness(obj.due_on, timezone.localdate())
        return f"{obj.number}: {money(obj.balance, obj.currency)} open, {late}"


class ProposalForm(forms.Form):
    """Which invoices, in how many parts, from when on. Sent by GET: asking for a schedule changes nothing."""

    invoices = InvoiceChoice(queryset=Invoice.objects.none(), widget=forms.CheckboxSelectMultiple)
    parts = forms.IntegerField(label="How many instalments", min_value=1, max_value=MOST_PARTS)
    interval = forms.ChoiceField(label="One every", choices=[(i.value, i.value) for i in Interval])
    first_on = forms.DateField(label="First instalment", widget=DateInput)
    patience_days = forms.IntegerField(
        label="Days of patience",
        min_value=0,
        max_value=LONGEST_PATIENCE,
        help_text="The plan is broken when an instalment is not wholly paid so many days after its day.",
    )

    def __init__(self, customer: Customer, told: Any = None, **kwargs: Any) -> None:
        choosable = plannable(customer.pk)[:CHOOSABLE]
        oldest = choosable[0] if choosable else None
        usual = {
            "invoices": [i.pk for i in choosable if oldest and i.currency == oldest.currency],
            "parts": DEFAULT_PARTS,
            "interval": Interval.MONTH.value,
            "first_on": timezone.localdate() + timedelta(days=7),
            "patience_days": 7,
        }
        super().__init__(told or usual, **kwargs)
        asked: Any = self.fields["invoices"]
        asked.queryset = plannable(customer.pk)
        asked.choices = [(invoice.pk, asked.label_from_instance(invoice)) for invoice in choosable]
        for name in ("parts", "interval", "first_on", "patience_days"):
            self.fields[name].widget.attrs["class"] = " ".join(INPUT_CLASSES)

    def clean_invoices(self) -> list[Invoice]:
        chosen = list(self.cleaned_data["invoices"])
        if len({invoice.currency for invoice in chosen}) > 1:
            raise forms.ValidationError("A plan has one currency. Make one plan for each.")
        return chosen

    def clean_interval(self) -> Interval:
        return Interval(self.cleaned_data["interval"])

    def asked(self) -> dict[str, Any]:
        """What the operation is told, the invoices left out."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("invoices", "total")}


class AgreeForm(ProposalForm):
    """The same, with the sum that the person who agrees was shown."""

    total = forms.DecimalField(max_digits=18, decimal_places=4)
