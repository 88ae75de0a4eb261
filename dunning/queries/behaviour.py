"""A customer's profile as the desk reads it: the sentence, how it is known, and what it changes."""

from dataclasses import dataclass

from django.conf import settings

from dunning.models import Profile
from dunning.rules.habits import Habit, effects
from dunning.rules.history import History, PaysHow
from dunning.rules.profile import Behaviour, Seen, evidence, in_words


@dataclass(frozen=True, slots=True)
class Told:
    """`effects`: what the engine does with it, where the campaign goes by habits. Empty: nothing."""

    profile: Profile
    sentence: str
    evidence: list[str]
    effects: list[str]


def told(customer_id: int) -> Told | None:
    """The profile in words: one query; None before the first night."""
    found = Profile.objects.filter(customer=customer_id, computed_at__isnull=False)
    profile = found.select_related("worked_step").first()
    if profile is None:
        return None
    seen = behaviour_in(profile)
    never_late = profile.pays == PaysHow.ON_TIME
    habit = Habit(profile.weekday, profile.hour, never_late, profile.channel, profile.read_hour)
    worked = str(profile.worked_step) if profile.worked_step else ""
    return Told(
        profile,
        in_words(seen, worked),
        evidence(seen),
        effects(habit.without_times if settings.PREDICT_BY_RULES else habit),
    )


def behaviour_in(profile: Profile) -> Behaviour:
    """The stored numbers as the rules speak of them."""
    return Behaviour(
        history=History(PaysHow(profile.pays), profile.usual_days_late),
        settled=profile.settled,
        late=profile.late,
        weekday=Seen(profile.weekday, profile.weekday_times, profile.weekday_of),
        hour=Seen(profile.hour, profile.hour_times, profile.hour_of),
        channel=Seen(profile.channel or None, profile.channel_times, profile.channel_of),
        promises_made=profile.promises_made,
        promises_kept=profile.promises_kept,
        worked_step_id=profile.worked_step_id,
        reads=Seen(profile.read_hour, profile.read_times, profile.read_of),
    )
