"""Campaigns chosen by hand: the button on the customer's page, what stands there, and the list of all choices."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.utils import timezone

from customers.admin.base import ReadOnlyAdmin, badge
from customers.admin.buttons import Button, ButtonForm, Press
from customers.admin.customer import CustomerAdmin, Panel
from customers.models import Customer, Invoice
from dunning.models import Campaign, CampaignChoice
from dunning.operations import choices
from dunning.rules.triggers import FORESEEN
from dunning.snapshot.customers import history_known

BY_CONDITIONS, NO_REMINDERS = "conditions", "none"


class ChoiceForm(ButtonForm):
    invoice = forms.ModelChoiceField(
        Invoice.objects.none(),
        label="For",
        required=False,
        empty_label="the customer",
        help_text="An invoice's campaign counts for the case that this invoice begins.",
    )
    campaign = forms.ChoiceField(label="Campaign")
    reason = forms.CharField(max_length=300, help_text="One sentence your colleagues will understand next month.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = Invoice.objects.filter(customer=self.subject, balance__gt=0).order_by("due_on", "pk")
        self.fields["invoice"].queryset = theirs  # type: ignore[attr-defined]
        active = Campaign.objects.filter(is_active=True, versions__published_at__isnull=False)
        active = active.exclude(trigger__in=FORESEEN).distinct()
        self.fields["campaign"].choices = [  # type: ignore[attr-defined]
            (BY_CONDITIONS, "as the campaigns' conditions have it"),
            (NO_REMINDERS, "no reminders by any campaign"),
            *((str(campaign.pk), campaign.name) for campaign in active.order_by("priority", "pk")),
        ]


def choose(customer: Customer, press: Press) -> str:
    invoice, wanted, reason = (press.answers[name] for name in ("invoice", "campaign", "reason"))
    whom = f"invoice {invoice}" if invoice else customer.name
    if wanted == BY_CONDITIONS:
        choices.end(customer, invoice=invoice, now=press.now)
        return f"The campaigns' conditions decide for {whom}: {reason}"
    campaign = Campaign.objects.get(pk=wanted) if wanted != NO_REMINDERS else None
    choices.choose(customer, campaign, invoice=invoice, reason=reason, now=press.now, by=press.by)
    what = f"The next case follows “{campaign}”" if campaign else "No campaign sends reminders"
    return f"{what} for {whom}: {reason}"


CHOOSE = Button(
    name="choose_campaign",
    label="Choose the campaign",
    says="Whatever the campaigns' conditions say. A running case keeps its campaign; “no reminders” counts at once.",
    permission="dunning.add_campaignchoice",
    form=ChoiceForm,
    act=choose,
    refusals=(choices.ChoiceRefusal,),
)
CustomerAdmin.buttons = (*CustomerAdmin.buttons, CHOOSE)


def chosen_campaigns(customer_id: int, _today: date) -> dict[str, Any]:
    chosen = CampaignChoice.objects.filter(customer=customer_id, ended_at=None)
    return {
        "chosen": list(chosen.select_related("campaign", "invoice", "chosen_by").order_by("pk")),
        "history": history_known(customer_id, now=timezone.now()),
    }


CustomerAdmin.panels.insert(1, Panel("desk/panel_campaign.html", chosen_campaigns))


@admin.register(CampaignChoice)
class CampaignChoiceAdmin(ReadOnlyAdmin):
    list_display = ("customer", "invoice", "what", "reason", "chosen_at", "chosen_by", "ended_at")
    list_select_related = ("customer", "invoice", "campaign", "chosen_by")
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    empty_says = "Choices are made on a customer's page."

    @badge("Campaign", {"no reminders": "warning"})
    def what(self, choice: CampaignChoice) -> str:
        return str(choice)
