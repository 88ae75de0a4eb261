"""What a customer's service was last told."""

from dunning.models import OutgoingEvent


def restriction_of(customer_id: int) -> OutgoingEvent | None:
    """The event that restricts this customer's service, as far as the service has or may have heard of it."""
    told = OutgoingEvent.objects.filter(customer=customer_id)
    newest = told.exclude(state=OutgoingEvent.State.WITHDRAWN, attempts=0).order_by("-pk").first()
    return newest if newest and newest.kind == OutgoingEvent.Kind.RESTRICT else None
