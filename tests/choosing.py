"""Campaigns for those whom their conditions fit, and who follows which."""

from dunning.models import Campaign, Case
from dunning.rules.words import Tone
from tests.campaigns import only, standard_campaign
from tests.people import NOW


def campaign_for(name: str, *asked: tuple[str, str, str], priority: int = 1) -> Campaign:
    conditions = [row for each in asked for row in only(*each)]
    steps = [(1, Tone.FRIENDLY)]
    return standard_campaign(now=NOW, name=name, conditions=conditions, priority=priority, steps=steps).campaign


def names() -> dict[str, str]:
    """Customer → campaign of the open case."""
    cases = Case.objects.filter(state="open").select_related("customer", "version__campaign")
    return {case.customer.name: case.version.campaign.name for case in cases}
