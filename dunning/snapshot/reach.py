"""On which channels customers can be reached: their primary contact has an address there, and nothing came back."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from customers.rules.contact import SMS
from customers.rules.phone import mobile_or_nothing
from dunning.snapshot.rows import rows

REACHABLE = """
SELECT customer_id, way.channel FROM customers_contact contact
CROSS JOIN LATERAL (VALUES ('email', email), ('post', postal_address)) AS way (channel, address)
WHERE customer_id = ANY(%s) AND is_primary AND way.address <> ''
  AND NOT EXISTS (
    SELECT 1 FROM dunning_notice refused
    WHERE refused.state = 'refused' AND refused.contact_id = contact.id AND refused.channel = way.channel
      AND refused.address = way.address)
  AND NOT EXISTS (
    SELECT 1 FROM customers_suppressedaddress gone
    WHERE gone.channel = way.channel AND gone.address = lower(way.address) AND gone.released_at IS NULL)
"""
NOBODY: Mapping[str, Collection[int]] = {}
HAS_A_CONTACT = "SELECT customer_id FROM customers_contact WHERE customer_id = ANY(%s) AND is_primary"
# Whether a number is a mobile is for the rule to say.
PHONES = """
SELECT contact.customer_id, phone, customer.country, ARRAY(
  SELECT address FROM dunning_notice refused
  WHERE refused.state = 'refused' AND refused.channel = 'sms' AND refused.contact_id = contact.id)
FROM customers_contact contact JOIN customers_customer customer ON customer.id = contact.customer_id
WHERE contact.customer_id = ANY(%s) AND is_primary AND phone <> ''
"""
GONE_NUMBERS = """
SELECT address FROM customers_suppressedaddress WHERE channel = 'sms' AND address = ANY(%s) AND released_at IS NULL
"""


def channels_of(
    customer_ids: list[int], *, texted: Collection[int], by_number: Mapping[str, Collection[int]] = NOBODY
) -> dict[int, set[str]]:
    """The channels of each: one query, two more for those `texted`, whose campaigns send text messages.

    One more for each channel of `by_number` with customers whose campaigns use it: an app, or a system of yours, knows
    how to reach them.
    """
    found = defaultdict[int, set[str]](set)
    for customer_id, channel in rows(REACHABLE, customer_ids):
        found[customer_id].add(channel)
    for customer_id in _with_a_mobile(list(texted)) if texted else ():
        found[customer_id].add(SMS)
    for channel, wanted in by_number.items():
        for (customer_id,) in rows(HAS_A_CONTACT, list(wanted)) if wanted else ():
            found[customer_id].add(channel)
    return found


def _with_a_mobile(customer_ids: list[int]) -> list[int]:
    numbers = {
        customer_id: number
        for customer_id, phone, country, refused in rows(PHONES, customer_ids)
        if (number := mobile_or_nothing(phone, country)) and number not in refused
    }
    gone = {number for (number,) in rows(GONE_NUMBERS, list(numbers.values()))}
    return [customer_id for customer_id, number in numbers.items() if number not in gone]
