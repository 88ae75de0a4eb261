"""What a refused payment means: for the next try, for the customer, for the desk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decline:
    """A refusal in the words of all who had a say; each may be empty.

    `code` is the gateway's reason, `advice` its advice, `network_code` what the card's bank or the debit scheme
    answered, `network_advice` the network's category or advice (Mastercard: the merchant advice code).
    """

    code: str = ""
    advice: str = ""
    network_code: str = ""
    network_advice: str = ""
