"""Experiments for tests: a variant of the standard campaign beside what is done now."""

from datetime import datetime

from dunning.models import Arm, CampaignVersion, Experiment
from dunning.operations.campaigns import draft_of
from dunning.operations.variants import publish_as_variant
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable


def debtors(number: int) -> None:
    """So many customers with something overdue. Their keys are set, and with them the arms that chance gives them."""
    for one in range(number):
        owes(reachable("Ada Lindgren", number=f"C-{one}", id=10_000_000 + one), "10.00", due="2026-03-01")


def variant_of(version: CampaignVersion, *, now: datetime = NOW, **facts: object) -> CampaignVersion:
    """A published variant, with these facts of a version changed."""
    draft = draft_of(version.campaign, now=now)
    CampaignVersion.objects.filter(pk=draft.pk).update(**{"uses_profile": False, **facts})
    return publish_as_variant(draft, now=now)


def experiment_on(control: CampaignVersion | None = None, **facts: object) -> Experiment:
    """A planned experiment, half and half: “as now” beside “kinder”."""
    control = control or standard_campaign(now=NOW)
    told: dict[str, object] = {
        "id": 7_000,
        "campaign": control.campaign,
        "name": "Kinder words",
        "window_days": 10,
        "smallest_effect": 45,
    }
    experiment = Experiment.objects.create(**{**told, "created_at": NOW, **facts})
    Arm.objects.create(experiment=experiment, name="as now", version=control, is_control=True)
    Arm.objects.create(experiment=experiment, name="kinder", version=variant_of(control))
    return experiment
