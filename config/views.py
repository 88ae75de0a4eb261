"""The doors for machines: is the desk alive, and how is it doing. Neither tells a stranger anything."""

from dataclasses import asdict
from secrets import compare_digest

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import CollectorRegistry

from dunning.queries.engine import EngineFigures, engine_figures, is_late, tick_age

MEANINGS = {
    "tick_age": "Seconds since the engine's last tick ended",
    "due": "Cases that are due to be looked at",
    "queued": "Notices waiting to be sent",
    "proposed": "Notices waiting for a manager's review",
    "sent_today": "Notices sent since midnight",
    "in_doubt": "Notices of unknown fate, waiting for a person",
    "refused": "Notices a provider refused",
    "parked": "Cases parked because their decision failed",
}


@require_safe
@never_cache
def health(_: HttpRequest) -> HttpResponse:
    """200 while the engine ticks and the database answers, else 503; one word, no data."""
    try:
        late = is_late(tick_age(now=timezone.now()), after=settings.TICK_LATE_AFTER)
    except (DatabaseError, InterfaceError):
        late = True
    return HttpResponse("late\n" if late else "ok\n", status=503 if late else 200, content_type="text/plain")


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus gauges, for who shows METRICS_KEY as a bearer token; without a key set there is no such page."""
    if not settings.METRICS_KEY:
        return HttpResponse(status=404)
    if not compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {settings.METRICS_KEY}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(Gauges(engine_figures(now=timezone.now())))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Gauges:
    """The figures in the form that prometheus-client prints."""

    def __init__(self, figures: EngineFigures) -> None:
        self.figures = figures

    def collect(self) -> list[GaugeMetricFamily]:
        """One gauge for each figure that is known."""
        known = {name: value for name, value in asdict(self.figures).items() if value is not None}
        unit = {"tick_age": "_seconds"}
        return [
            GaugeMetricFamily(f"dunning_{name}{unit.get(name, '')}", MEANINGS[name], value=value)
            for name, value in known.items()
        ]
