"""The buttons of a case that others carry out: the service lifts a restriction, the agency gives a case back."""

from django import forms

from customers.admin.buttons import Button, ButtonForm, Press, ReasonForm
from dunning.models import Case, HandedCase
from dunning.operations import handing_over, service
from dunning.queries.handed import handed_with_money
from dunning.queries.service import restriction_of


class HandOverForm(ButtonForm):
    agency = forms.CharField(max_length=100, help_text="Who gets the file of these cases.")


def restore(case: Case, press: Press) -> str:
    service.restore(case, **press.answers, now=press.now, by=press.by)
    return "The service is told to lift the restriction."


def take_back(case: Case, press: Press) -> str:
    handing_over.take_back(case, **press.answers, now=press.now, by=press.by)
    return "The case is back: what is still open is followed up by a new case."


def tell_agency(case: Case, press: Press) -> str:
    handing_over.tell_agency(case, now=press.now, by=press.by)
    return "Noted: the agency knows what has come in."


def is_with_agency(case: Case) -> bool:
    return HandedCase.objects.filter(case=case, taken_back_at=None).exists()


def has_news_for_agency(case: Case) -> bool:
    return handed_with_money().filter(case=case).exists()


RESTORE = Button(
    name="restore",
    label="Restore service",
    says="Tells the service to lift the restriction now, whatever is owed.",
    permission="dunning.change_case",
    form=ReasonForm,
    act=restore,
    offered=lambda case: restriction_of(case.customer_id) is not None,
    refusals=(service.ServiceRefusal,),
)
TELL_AGENCY = Button(
    name="tell_agency",
    label="Agency was told",
    says="You have told the agency what came in. The case is shown again when more does.",
    permission="dunning.change_case",
    act=tell_agency,
    offered=has_news_for_agency,
    refusals=(handing_over.HandOverRefusal,),
)
TAKE_BACK = Button(
    name="take_back",
    label="Take back",
    says="The agency has given the case back. What is still open is followed up by a new case.",
    permission="dunning.add_handover",
    form=ReasonForm,
    act=take_back,
    offered=is_with_agency,
    refusals=(handing_over.HandOverRefusal,),
)
