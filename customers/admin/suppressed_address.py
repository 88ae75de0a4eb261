"""Addresses to which nothing may go: what was sent there came back, or was reported as spam. Released here."""

from typing import Any

from django import forms
from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin, badge
from customers.admin.buttons import Button, ButtonForm, Press
from customers.admin.filters import ReleasedFilter, choice_filter
from customers.models import SuppressedAddress
from customers.operations import suppression
from customers.rules.contact import UNREACHABLE


class ReleaseForm(ButtonForm):
    reason = forms.CharField(max_length=300, help_text="How you know that it works again.")


def release(suppressed: SuppressedAddress, press: Press) -> str:
    suppression.release(suppressed, **press.answers, now=press.now, by=press.by)
    return f"{suppressed} may be written to again."


@admin.register(SuppressedAddress)
class SuppressedAddressAdmin(ReadOnlyAdmin):
    empty_says = "An address lands here when what was sent to it came back, was reported as spam, or when it said stop."
    list_display = ("address", "channel", "reason", "state", "since", "source")
    list_filter = (ReleasedFilter, choice_filter("reason", "reason", UNREACHABLE))
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("address",)
    search_help_text = "The address from its start"
    fields = (
        ("address", "channel"),
        ("reason", "state"),
        "source",
        "since",
        ("released_at", "released_by"),
        "release_reason",
    )
    buttons = (
        Button(
            name="release",
            label="Release",
            says="The address works again: letters go there from now on. If they come back, it is suppressed anew.",
            permission="customers.change_suppressedaddress",
            form=ReleaseForm,
            act=release,
            offered=lambda suppressed: suppressed.released_at is None,
            refusals=(suppression.SuppressionRefusal,),
        ),
    )

    @badge("State", {"in force": "warning", "released": "success"})
    def state(self, suppressed: Any) -> str:
        return "released" if suppressed.released_at else "in force"
