"""Screens: one file per table."""

from dunning.admin import (
    campaign,
    campaign_version,
    case,
    case_event,
    customer_panel,
    engine_state,
    hand_over,
    mailbox_message,
    notice,
    outgoing_event,
    portal_link,
    step_run,
    task,
    template,
)

__all__ = [
    "campaign",
    "campaign_version",
    "case",
    "case_event",
    "customer_panel",
    "engine_state",
    "hand_over",
    "mailbox_message",
    "notice",
    "outgoing_event",
    "portal_link",
    "step_run",
    "task",
    "template",
]
