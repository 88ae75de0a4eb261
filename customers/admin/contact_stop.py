"""What customers do not want to get: recorded on the customer's page, released here."""

from typing import Any

from django import forms
from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin, badge
from customers.admin.buttons import Button, ButtonForm, Press
from customers.admin.filters import ReleasedFilter, choice_filter
from customers.models import Contact, ContactStop, Customer
from customers.operations import consideration
from customers.operations.consideration import Said
from customers.rules.contact import CHANNELS, TOPICS


class StopForm(ButtonForm):
    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        required=False,
        label="Who said so",
        empty_label="the customer, for all their contacts",
        help_text="The primary contact speaks for the customer, any other one for themselves.",
    )
    channel = forms.ChoiceField(choices=CHANNELS, required=False, initial="email")
    topic = forms.ChoiceField(label="What", choices=TOPICS, required=False)
    source = forms.CharField(max_length=100, label="How they said so", help_text="On the phone, by e-mail …")
    note = forms.CharField(max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = Contact.objects.filter(customer=self.subject).order_by("-is_primary", "pk")
        self.fields["contact"].queryset = theirs  # type: ignore[attr-defined]


class AgreeForm(StopForm):
    """The same questions about a wish to be written to."""


class ReleaseForm(ButtonForm):
    source = forms.CharField(max_length=100, label="How they said so", help_text="On the phone, by e-mail …")


def refuse(customer: Customer, press: Press) -> str:
    stop = consideration.refuse(customer, Said(**press.answers, now=press.now, by=press.by))
    return f"Recorded: {stop}."


def agree(customer: Customer, press: Press) -> str:
    consideration.agree(customer, Said(**press.answers, now=press.now, by=press.by))
    return f"Recorded: {customer.name} agrees."


def release(stop: ContactStop, press: Press) -> str:
    was_in_force = consideration.release_stop(stop, **press.answers, now=press.now, by=press.by)
    return "They may be written to again." if was_in_force else "That had been released before."


@admin.register(ContactStop)
class ContactStopAdmin(ReadOnlyAdmin):
    list_display = ("customer", "contact", "what", "channel", "source", "state", "since")
    list_select_related = ("customer", "contact")
    list_filter = (ReleasedFilter, choice_filter("topic", "what", [pair for pair in TOPICS if pair[0]]))
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    fields = (
        ("customer", "contact"),
        ("what", "channel"),
        ("source", "note"),
        ("state", "since"),
        ("recorded_by", "released_at"),
    )
    buttons = (
        Button(
            name="release",
            label="Release",
            says="The customer has changed their mind: they may be written to again.",
            permission="customers.change_contactstop",
            form=ReleaseForm,
            act=release,
            offered=lambda stop: stop.released_at is None,
        ),
    )

    @admin.display(description="What")
    def what(self, stop: ContactStop) -> str:
        return stop.get_topic_display()

    @badge("State", {"in force": "warning", "released": "success"})
    def state(self, stop: ContactStop) -> str:
        return "released" if stop.released_at else "in force"
