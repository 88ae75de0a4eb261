"""When a promise to pay counts as kept."""

from datetime import timedelta
from decimal import Decimal

ENOUGH = Decimal("0.95")  # of what was promised
TOLERANCE = timedelta(days=3)  # what was sent on the last day is booked by then
