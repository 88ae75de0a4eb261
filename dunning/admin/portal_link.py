"""Personal links: who may open their page until when. The token itself is stored nowhere and cannot be shown."""

from django.contrib import admin
from django.utils import timezone

from customers.admin.base import ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press
from dunning.models import PortalLink
from dunning.operations import links


def revoke(link: PortalLink, press: Press) -> str:
    was_open = links.revoke(link, now=press.now)
    return "The link is revoked; it opens nothing any more." if was_open else "That link had been revoked before."


@admin.register(PortalLink)
class PortalLinkAdmin(ReadOnlyAdmin):
    empty_says = "Every letter brings the customer a link of its own. They are listed here, and can be revoked."
    list_display = ("customer", "created_at", "expires_at", "use", "first_visited_at", "revoked_at")
    list_select_related = ("customer",)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    fields = (("customer", "use"), ("created_at", "expires_at"), ("first_visited_at", "revoked_at"))
    buttons = (
        Button(
            name="revoke",
            label="Revoke",
            says="Whoever has this link can no longer open the customer's page with it. This cannot be undone.",
            permission="dunning.change_portallink",
            act=revoke,
            offered=lambda link: link.revoked_at is None,
        ),
    )

    @badge("State", {"open": "success", "expired": None, "revoked": "danger"})
    def use(self, link: PortalLink) -> str:
        if link.revoked_at:
            return "revoked"
        return "expired" if link.expires_at <= timezone.now() else "open"
