"""What we hold of the customer: to take along, or to have erased. Only after a code."""

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from dunning.operations import doors
from dunning.portal.visits import Visit, by_link, code_first
from dunning.queries.brand import branding
from dunning.queries.everything_held import everything_held, files_held
from dunning.rules.doors import Deed
from dunning.rules.download import as_zip


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def data(visit: Visit) -> HttpResponse:
    """What there is to choose; a POST is answered with everything, as one ZIP."""
    if response := code_first(visit, "data"):
        return response
    if visit.request.method != "POST":
        return visit.page("data.html", years=settings.RETENTION_YEARS)
    doors.count(Deed.DOWNLOAD, f"customer {visit.customer.pk}", now=visit.now)
    customer = visit.customer
    file = as_zip(
        everything_held(customer),
        files_held(customer),
        company=branding().name,
        name=customer.name,
        number=customer.number,
        at=visit.now,
    )
    name = f'attachment; filename="my-data-{visit.today}.zip"'
    return HttpResponse(file, content_type="application/zip", headers={"Content-Disposition": name})
