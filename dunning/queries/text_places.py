"""Where a text of the library is used now: in which steps of which campaigns, and what it is judged by there."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q

from customers.rules.contact import EMAIL
from dunning.models import CampaignVersion, Fallback, Template, TemplateText
from dunning.queries.versions import written
from dunning.rules.campaign_steps import Text, WrittenStep
from dunning.rules.checking import Judgement, Standing, judge, standing_of
from dunning.rules.triggers import FORESEEN
from dunning.rules.words import Consequence

MOST_PLACES = 5
FALLBACK = ("step__position", "channel")


@dataclass(frozen=True, slots=True)
class Place:
    """One step that uses the text, among the steps of its version. `name`: for a person."""

    name: str
    step: WrittenStep
    steps: tuple[WrittenStep, ...]
    foretells: bool

    def standing(self, language: str, announces: Consequence) -> Standing:
        return replace(standing_of(self.step, self.steps, language, foretells=self.foretells), announces=announces)


def places_of(template_id: int | None) -> list[Place]:
    """The steps that use this text in the newest version of each campaign; the first MOST_PLACES of them."""
    newest = CampaignVersion.objects.filter(is_variant=False).order_by("campaign", "-number").distinct("campaign")
    used = Q(steps__template=template_id) | Q(steps__fallbacks__template=template_id)
    using = CampaignVersion.objects.filter(used, pk__in=newest.values("pk")).distinct()
    found = []
    for version in using.select_related("campaign").order_by("campaign__priority", "pk")[:MOST_PLACES]:
        whole = written(version)
        at = {*version.steps.filter(template=template_id).values_list("position", "channel")}
        at |= {*Fallback.objects.filter(step__version=version, template=template_id).values_list(*FALLBACK)}
        foretells = whole.trigger in FORESEEN
        ways = ((step, way) for step in whole.steps for way in step.by_each_way)
        found += [
            Place(f"{version}, {step}", way, tuple(way if s is step else s for s in whole.steps), foretells)
            for step, way in ways
            if (way.position, way.channel) in at
        ]
    return found[:MOST_PLACES]


def judged(
    text: Text,
    language: str,
    places: Iterable[Place],
    announces: Consequence = Consequence.NOTHING,
    *,
    channel: str = EMAIL,
) -> Judgement:
    """The text as it stands in these places; as a first reminder on its `channel` where there are none."""
    standings = [place.standing(language, announces) for place in places]
    return judge(text, language, standings or [Standing(announces=announces, channel=channel)])


def library(language: str = "") -> Iterable[tuple[Template, TemplateText, Judgement]]:
    """Every text of the library, or those in one language, by name and language, each with its judgement."""
    for template in Template.objects.order_by("name", "pk"):
        texts = template.texts.order_by("language")
        places = places_of(template.pk)
        for text in texts.filter(language=language) if language else texts:
            told = Text(text.subject, text.body)
            yield (
                template,
                text,
                judged(told, text.language, places, Consequence(template.announces), channel=template.channel),
            )
