from payments.models.allocation import Allocation
from payments.models.charge_attempt import ChargeAttempt
from payments.models.gateway_event import GatewayEvent
from payments.models.gateway_health import GatewayHealth
from payments.models.payment import Payment
from payments.models.payment_method import PaymentMethod
from payments.models.refund import Refund, RefundPart

__all__ = [
    "Allocation",
    "ChargeAttempt",
    "GatewayEvent",
    "GatewayHealth",
    "Payment",
    "PaymentMethod",
    "Refund",
    "RefundPart",
]
