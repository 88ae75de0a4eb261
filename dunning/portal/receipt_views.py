"""The receipt of a payment as PDF, set when it is asked for: it says what is so by then, and what went back since."""

import logging

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from dunning.channels.typesetting import MissingGlyphs, NotReady, typeset
from dunning.operations import doors
from dunning.portal.visits import Visit, by_link
from dunning.queries.our_side import our_side
from dunning.rules.doors import Deed
from payments.models import Allocation, ChargeAttempt
from payments.queries.money import went_back

logger = logging.getLogger(__name__)


@require_safe
@by_link
def receipt(visit: Visit, attempt_id: int) -> HttpResponse:
    """The file, set ten times in ten minutes at most. Where this machine cannot set it, the page is the receipt."""
    paid = ChargeAttempt.objects.filter(customer=visit.customer, state=ChargeAttempt.State.SUCCEEDED)
    attempt = get_object_or_404(paid.select_related("payment", "method"), pk=attempt_id)
    doors.count(Deed.RECEIPT, f"customer {visit.customer.pk}", now=visit.now)
    try:
        document = typeset(_page(visit, attempt))
    except (NotReady, MissingGlyphs):
        logger.exception("The receipt of payment %s could not be set.", attempt.payment_id)
        return redirect(visit.url("payment", attempt.pk))
    response = HttpResponse(document.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{attempt.payment_id}.pdf"'
    return response


def _page(visit: Visit, attempt: ChargeAttempt) -> str:
    settled = Allocation.objects.filter(payment=attempt.payment_id).select_related("invoice").order_by("pk")
    told = {"attempt": attempt, "settled": settled, "went_back": went_back(attempt.payment_id)}
    whose = {"customer": visit.customer, "locale": visit.locale, "visit": visit}
    return render_to_string("portal/payment/receipt_pdf.html", told | whose | our_side())
