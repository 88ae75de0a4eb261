from payments.models.allocation import Allocation
from payments.models.bank_account import BankAccount
from payments.models.bank_file import BankFile
from payments.models.bank_line import BankLine
from payments.models.base_rate import BaseRate
from payments.models.card_page import CardPage
from payments.models.charge_attempt import ChargeAttempt
from payments.models.claim import Claim, ClaimAllocation
from payments.models.claim_policy import ClaimPolicy
from payments.models.claim_rule import ClaimRule
from payments.models.decline_edition import DeclineEdition
from payments.models.decline_rule import DeclineRule
from payments.models.gateway_customer import GatewayCustomer
from payments.models.gateway_event import GatewayEvent
from payments.models.gateway_health import GatewayHealth
from payments.models.gateway_invoice import GatewayInvoice
from payments.models.instalment import Instalment
from payments.models.instalment_plan import InstalmentPlan, PlanInvoice
from payments.models.likely_payer import LikelyPayer
from payments.models.network_cap import NetworkCap
from payments.models.payment import Payment
from payments.models.payment_method import PaymentMethod
from payments.models.refund import Refund, RefundPart
from payments.models.refund_credit import RefundCredit
from payments.models.refund_reversal import RefundReversal
from payments.models.retry_schedule import RetrySchedule
from payments.models.sync_finding import SyncFinding
from payments.models.sync_run import SyncRun
from payments.models.unknown_code import UnknownCode

__all__ = [
    "Allocation",
    "BankAccount",
    "BankFile",
    "BankLine",
    "BaseRate",
    "CardPage",
    "ChargeAttempt",
    "Claim",
    "ClaimAllocation",
    "ClaimPolicy",
    "ClaimRule",
    "DeclineEdition",
    "DeclineRule",
    "GatewayCustomer",
    "GatewayEvent",
    "GatewayHealth",
    "GatewayInvoice",
    "Instalment",
    "InstalmentPlan",
    "LikelyPayer",
    "NetworkCap",
    "Payment",
    "PaymentMethod",
    "PlanInvoice",
    "Refund",
    "RefundCredit",
    "RefundPart",
    "RefundReversal",
    "RetrySchedule",
    "SyncFinding",
    "SyncRun",
    "UnknownCode",
]
