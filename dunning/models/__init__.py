from dunning.models.campaign import Campaign, CampaignVersion, Step, StepText
from dunning.models.case import Case, CaseEvent
from dunning.models.engine_state import EngineState
from dunning.models.hand_over import HandedCase, HandOver
from dunning.models.mailbox_message import MailboxMessage
from dunning.models.notice import Notice
from dunning.models.outgoing_event import OutgoingEvent
from dunning.models.portal_link import PortalLink
from dunning.models.step_run import StepRun
from dunning.models.task import Task
from dunning.models.template import Template, TemplateText

__all__ = [
    "Campaign",
    "CampaignVersion",
    "Case",
    "CaseEvent",
    "EngineState",
    "HandOver",
    "HandedCase",
    "MailboxMessage",
    "Notice",
    "OutgoingEvent",
    "PortalLink",
    "Step",
    "StepRun",
    "StepText",
    "Task",
    "Template",
    "TemplateText",
]
