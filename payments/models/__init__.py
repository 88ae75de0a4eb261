from payments.models.allocation import Allocation
from payments.models.bank_file import BankFile
from payments.models.bank_line import BankLine
from payments.models.charge_attempt import ChargeAttempt
from payments.models.likely_payer import LikelyPayer
from payments.models.payment import Payment
from payments.models.payment_method import PaymentMethod

__all__ = ["Allocation", "BankFile", "BankLine", "ChargeAttempt", "LikelyPayer", "Payment", "PaymentMethod"]
