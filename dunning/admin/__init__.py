"""Screens: one file per table."""

from dunning.admin import (
    call,
    campaign,
    campaign_choice,
    campaign_version,
    case,
    case_event,
    contact_cap,
    contact_hours,
    customer_panel,
    engine_state,
    mailbox_message,
    notice,
    portal_link,
    rehearsal,
    step_run,
    template,
)

__all__ = [
    "call",
    "campaign",
    "campaign_choice",
    "campaign_version",
    "case",
    "case_event",
    "contact_cap",
    "contact_hours",
    "customer_panel",
    "engine_state",
    "mailbox_message",
    "notice",
    "portal_link",
    "rehearsal",
    "step_run",
    "template",
]
