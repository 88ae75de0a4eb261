"""What customers were told about their requests and payments, with what is surely known of each mail's fate."""

from django.contrib import admin
from django.db.models import Q

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press
from customers.admin.filters import choice_filter, condition_filter
from dunning.admin.outgoing import COLOURS
from dunning.models import Confirmation
from dunning.operations import confirmations

State = Confirmation.State


StuckFilter = condition_filter(
    "stuck", "needs a person", {"yes": ("refused or in doubt", Q(state__in=[State.REFUSED, State.IN_DOUBT]))}
)


def send_again(confirmation: Confirmation, press: Press) -> str:
    confirmations.send_again(confirmation, now=press.now)
    return "Queued again: it leaves with the engine's next turn."


@admin.register(Confirmation)
class ConfirmationAdmin(ReadOnlyAdmin):
    empty_says = "What becomes of customers' requests, and of payments on their page, is told by mail: all stand here."
    list_display = ("queued_at", "customer", "occasion", "status", "subject", "address", "finished_at")
    list_select_related = ("customer",)
    list_filter = (choice_filter("state", "state", State.choices), StuckFilter)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    fields = (
        ("customer", "request", "attempt"),
        ("occasion", "status"),
        ("address", "language"),
        "subject",
        "body",
        "reason",
        ("queued_at", "due_at"),
        ("calling_at", "finished_at"),
        ("attempts", "provider_reference"),
    )
    buttons = (
        Button(
            name="send_again",
            label="Send again",
            says="Sends the same words again. If the first one did arrive after all, the customer gets two.",
            permission="dunning.change_customerrequest",
            act=send_again,
            offered=lambda confirmation: confirmation.state in (State.IN_DOUBT, State.REFUSED),
            refusals=(confirmations.ConfirmationRefusal,),
        ),
    )

    @badge("State", COLOURS)
    def status(self, confirmation: Confirmation) -> Badge:
        return Badge(confirmation.state, confirmation.get_state_display())
