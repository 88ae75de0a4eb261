"""What a scene of a customer's story is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from customers.models import Customer

Act = Callable[[Customer, datetime, User], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that happens `days` after a reminder of step day `after` (or a later one) reached the customer."""

    after: int
    days: int
    act: Act
