"""The buttons of a case that are about money: what came in, and what is to be given up."""

from typing import Any

from django import forms
from django.utils import timezone

from customers.admin.buttons import Button, ButtonForm, DateInput, Press
from customers.queries import owed_by
from customers.rules.money import MINOR_UNITS
from customers.wording import counted, money
from dunning.models import Case
from dunning.operations import write_offs
from payments.models import Payment
from payments.operations import payments


class PaymentForm(ButtonForm):
    amount = forms.DecimalField(min_value=0, max_digits=18, decimal_places=4)
    currency = forms.ChoiceField()
    received_on = forms.DateField(label="Value date", widget=DateInput, initial=timezone.localdate)
    reference = forms.CharField(
        required=False, max_length=128, help_text="The bank's own reference; the same one counts only once."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owed = [owed.currency for owed in owed_by(self.subject.customer_id, timezone.localdate())]
        others = [code for code in sorted(MINOR_UNITS) if code not in owed]
        self.fields["currency"].choices = [(code, code) for code in [*owed, *others]]  # type: ignore[attr-defined]


class WriteOffForm(ButtonForm):
    reason = forms.CharField(max_length=300, help_text="One sentence the managers who decide will understand.")


def record_payment(case: Case, press: Press) -> str:
    told = {**press.answers, "reference": press.answers["reference"] or press.key}
    paid = payments.record(case.customer, **told, source=Payment.Source.DESK, now=press.now, by=press.by)
    settled = counted(paid.allocations.count(), "invoice")
    recorded = "recorded" if paid.recorded_at == press.now else "had been recorded already"
    return f"{money(paid.amount, paid.currency)} {recorded}; it went to {settled}."


def propose_write_off(case: Case, press: Press) -> str:
    assert press.by
    proposed = write_offs.propose(case, **press.answers, now=press.now, by=press.by)
    return f"{counted(proposed, 'write-off')} proposed. Somebody else decides, under Write-offs."


RECORD_PAYMENT = Button(
    name="record_payment",
    label="Record payment",
    says="Money that came in past the payment page. It settles the oldest invoices in its currency first.",
    permission="payments.add_payment",
    form=PaymentForm,
    act=record_payment,
    refusals=(payments.PaymentRefusal,),
)
PROPOSE_WRITE_OFF = Button(
    name="propose_write_off",
    label="Propose write-off",
    says="Proposes to give up all that is due, but nothing on hold or in instalments. A manager decides, above a "
    "limit two; who proposed it is none of them.",
    permission="dunning.add_writeoffproposal",
    form=WriteOffForm,
    act=propose_write_off,
    offered=lambda case: case.state == Case.State.OPEN and not case.about,
    refusals=(write_offs.WriteOffRefusal,),
)
