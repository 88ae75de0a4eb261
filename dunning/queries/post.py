"""Letters by post: how many wait to be printed, and what became of those that were."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from customers.rules.postal_address import country_name

WAITING = """
SELECT coalesce(nullif(contact.country, ''), customer.country) AS country, count(*), min(notice.queued_at)
FROM dunning_notice notice
JOIN customers_contact contact ON contact.id = notice.contact_id
JOIN customers_customer customer ON customer.id = notice.customer_id
WHERE notice.state = 'queued' AND notice.channel = 'post' AND notice.due_at <= %s
GROUP BY 1 ORDER BY 2 DESC, 1
"""


class Waiting(NamedTuple):
    """Letters that wait to be printed for one country, since when; `country` is empty where nobody said."""

    country: str
    number: int
    since: datetime

    @property
    def name(self) -> str:
        return country_name(self.country) if self.country else "country not known"


def letters_waiting(*, now: datetime) -> list[Waiting]:
    """By country, the most first."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [now])
        return [Waiting(*row) for row in cursor]
