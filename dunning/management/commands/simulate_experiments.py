"""How often the desk's experiments are wrong, and how often they find what is there, tried out by chance."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dunning.rules.experiments.planning import ERROR, POWER
from dunning.rules.experiments.simulation import Simulated, simulate


class Command(BaseCommand):
    help = "Simulates experiments whose truth is known: false alarms where arms are alike, power where they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-rate", type=float, default=30, help="percent that recover as things are; 30")
        parser.add_argument("--effect", type=float, default=5, help="percentage points worth seeing; 5")
        parser.add_argument("--weeks", type=int, default=26, help="one look a week; 26")
        parser.add_argument("--experiments", type=int, default=20_000, help="how many are made up; 20,000")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same figures; 1")

    def handle(self, *args: Any, **told: Any) -> None:
        base_rate, effect = told["base_rate"] / 100, told["effect"] / 100
        if not (0 < base_rate < 1 and 0 < effect < 1 - base_rate and 1 <= told["weeks"] <= 520):
            raise CommandError(
                "Choose a base rate and an effect that together stay between 0 and 100, and 1 to 520 weeks."
            )
        if not 1 <= told["experiments"] <= 200_000:
            raise CommandError("Choose 1 to 200,000 experiments.")
        asked = {key: told[key] for key in ("experiments", "seed")} | {"looks": told["weeks"]}
        for title, truth in (
            ("Arms are alike (A/A)", 0.0),
            (f"Arms differ by {told['effect']:g} points (A/B)", effect),
        ):
            self._tell(title, truth, simulate(base_rate, truth, planned_effect=effect, **asked))

    def _tell(self, title: str, truth: float, seen: Simulated) -> None:
        planned = f"planned: {POWER:.0%}" if truth else f"meant: {ERROR:.0%}"
        self.stdout.write(f"{title}, {seen.per_arm:,} customers in each:")
        self.stdout.write(
            f"  {seen.found:6.1%}  a difference is found, looking every week by the boundaries ({planned})"
        )
        self.stdout.write(f"  {seen.found_late:6.1%}  … looking once, at the end")
        self.stdout.write(f"  {seen.found_naively:6.1%}  … looking every week by the plain 5 % test, as nobody should")
        self.stdout.write(f"  {seen.looks_taken:6.1f}  looks taken on average")
