"""A customer's browser that also goes to the gateway's page and to the bank's, and comes back."""

import http.client
import re
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse

from tests.portal.conftest import Door, words

VISA, REFUSED, EMPTY_LATER = "pm_card_visa", "pm_card_visa_chargeDeclined", "pm_card_chargeCustomerFail"
TO_APPROVE, DEBIT = "pm_card_authenticationRequired", "pm_sepa_debit"
TO_APPROVE_THEN_EMPTY = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"


class Buyer(Door):
    """A customer's browser that also goes to the gateway's pages and comes back."""

    def choose_new(self, how_much: str = "all", path: str = "pay/EUR/", **fields: str) -> str:
        """Choose another card; the address of the gateway's page."""
        answer = self.post("pay/EUR/", key=self.key(path), how_much=how_much, card="new", **fields)
        assert answer.status_code == 302, words(answer)
        return str(answer["Location"])

    def enter(self, address: str, method: str = VISA, go: str = "yes") -> HttpResponse:
        """Enter a card there and follow back to our own page."""
        return self.follow(visit(address, method=method, go=go))

    def follow(self, address: str) -> HttpResponse:
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}", follow=True)

    def confirm(self, page: HttpResponse, **fields: str) -> HttpResponse:
        """Press the one button of the page that asks whether to pay; where it leads is not followed."""
        html = page.content.decode()
        [action] = re.findall(r'<form method="post" action="([^"]+)"', html)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
        return self.client.post(action, hidden | fields)

    def pay_with_new(self, method: str = VISA, how_much: str = "all", **fields: str) -> HttpResponse:
        """All of it in one go; what became of the payment, or the bank's page that is to be visited."""
        wishes = {name: fields.pop(name) for name in ("keep_card", "may_charge") if name in fields}
        answer = self.confirm(self.enter(self.choose_new(how_much, **fields), method), **wishes)
        return self.follow(answer["Location"]) if answer["Location"].startswith("/p/") else answer


def visit(address: str, **form: str) -> str:
    """Submit a form of the processor; the address it leads to ("" when it says no on the page itself)."""
    parts = urlsplit(address)
    line = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    line.request("POST", parts.path, urlencode(form))
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.getheader("Location", "")
