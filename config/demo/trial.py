"""The demo's experiment: planned, with a hold-out, so that its page says what it would take here."""

from datetime import datetime

from django.contrib.auth.models import User

from dunning.models import Arm, Campaign, Experiment
from dunning.operations.variants import newest_of, publish_hold_out

HELD_OUT = 10  # percent


def plan(campaign: Campaign, *, now: datetime, by: User) -> None:
    """What are our letters worth? A tenth of the customers would get only what law asks for."""
    told = {"window_days": 30, "smallest_effect": 10, "created_at": now, "created_by": by}
    experiment = Experiment.objects.create(campaign=campaign, name="What our letters are worth", **told)
    as_now = {"version": newest_of(campaign), "share": 100 - HELD_OUT, "is_control": True}
    held_out = {"version": publish_hold_out(campaign, now=now), "share": HELD_OUT, "is_hold_out": True}
    for name, arm in (("as now", as_now), ("no letters", held_out)):
        Arm.objects.create(experiment=experiment, name=name, **arm)
