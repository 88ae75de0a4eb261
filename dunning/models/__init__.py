from dunning.models.brand import Brand
from dunning.models.call import Call
from dunning.models.campaign import Campaign, CampaignVersion, Step, StepText
from dunning.models.campaign_choice import CampaignChoice
from dunning.models.case import Case, CaseEvent
from dunning.models.case_move import CaseMove
from dunning.models.confirmation import Confirmation
from dunning.models.contact_cap import ContactCap
from dunning.models.contact_hours import ContactHours
from dunning.models.cost_rate import CostRate
from dunning.models.customer_request import CustomerRequest
from dunning.models.delivery_event import DeliveryEvent
from dunning.models.door_count import DoorCount
from dunning.models.engine_state import EngineState
from dunning.models.erasure import Erasure
from dunning.models.experiment import Arm, Enrolment, Experiment, Look
from dunning.models.fallback import Fallback
from dunning.models.feedback import Feedback
from dunning.models.hand_over import HandedCase, HandOver
from dunning.models.help_policy import HelpPolicy
from dunning.models.in_app_notice import InAppNotice
from dunning.models.mailbox_message import MailboxMessage
from dunning.models.notice import Notice
from dunning.models.outgoing_event import OutgoingEvent
from dunning.models.page_code import PageCode
from dunning.models.paper_letter import PaperLetter
from dunning.models.portal_link import PortalLink
from dunning.models.prediction import CaseOutlook, Prediction
from dunning.models.print_run import PrintRun
from dunning.models.profile import Profile
from dunning.models.refused_card import RefusedCard
from dunning.models.rehearsal import Rehearsal, RehearsedCustomer
from dunning.models.reply import Reply
from dunning.models.report_answer import ReportAnswer
from dunning.models.report_question import ReportQuestion
from dunning.models.request_file import RequestFile
from dunning.models.request_note import RequestNote
from dunning.models.review_decision import ReviewDecision
from dunning.models.step_run import StepRun
from dunning.models.suggestion import Suggestion
from dunning.models.task import Task
from dunning.models.template import Template, TemplateText
from dunning.models.text_version import TextVersion
from dunning.models.weekly_mail import WeeklyMail
from dunning.models.write_off import WriteOffLine, WriteOffProposal

__all__ = [
    "Arm",
    "Brand",
    "Call",
    "Campaign",
    "CampaignChoice",
    "CampaignVersion",
    "Case",
    "CaseEvent",
    "CaseMove",
    "CaseOutlook",
    "Confirmation",
    "ContactCap",
    "ContactHours",
    "CostRate",
    "CustomerRequest",
    "DeliveryEvent",
    "DoorCount",
    "EngineState",
    "Enrolment",
    "Erasure",
    "Experiment",
    "Fallback",
    "Feedback",
    "HandOver",
    "HandedCase",
    "HelpPolicy",
    "InAppNotice",
    "Look",
    "MailboxMessage",
    "Notice",
    "OutgoingEvent",
    "PageCode",
    "PaperLetter",
    "PortalLink",
    "Prediction",
    "PrintRun",
    "Profile",
    "RefusedCard",
    "Rehearsal",
    "RehearsedCustomer",
    "Reply",
    "ReportAnswer",
    "ReportQuestion",
    "RequestFile",
    "RequestNote",
    "ReviewDecision",
    "Step",
    "StepRun",
    "StepText",
    "Suggestion",
    "Task",
    "Template",
    "TemplateText",
    "TextVersion",
    "WeeklyMail",
    "WriteOffLine",
    "WriteOffProposal",
]
