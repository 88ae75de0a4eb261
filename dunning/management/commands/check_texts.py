"""What the checker says of every text: the desk's, or the shipped ones while the desk has none."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.ready import refuse_unready_database
from dunning.models import Template
from dunning.operations import default_campaign
from dunning.queries.text_places import library
from dunning.rules.campaign_steps import Text
from dunning.rules.checking import Judgement, Severity, Standing, judge
from dunning.rules.words import StepKind
from dunning.texts import shipped_texts

FORETELLING = {key for _, _, key, _ in default_campaign.FORETELLING.values()}


class Command(BaseCommand):
    help = "Checks all texts for clarity and tone. Ends with status 1 when one has an error; with --strict, a warning."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", metavar="CODE", default="", help="only texts in this language, such as de")
        parser.add_argument("--strict", action="store_true", help="warnings count as errors")
        parser.add_argument("--json", action="store_true", help="the same for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unready_database()
        texts = list(_texts(options["language"]))
        if not texts:
            raise CommandError(f"There is no text in {options['language']!r}.")
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(name, told) for name, told in texts], indent=1, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(line for name, told in texts for line in _as_text(name, told)))
        least = Severity.WARNING if options["strict"] else Severity.ERROR
        unfit = sum(any(finding.severity >= least for finding in told.findings) for _, told in texts)
        if unfit:
            raise CommandError(f"{unfit} of {len(texts)} texts to mend.")


def _texts(language: str) -> Iterator[tuple[str, Judgement]]:
    if Template.objects.exists():
        for template, text, told in library(language):
            yield f"{template} ({text.language})", told
        return
    for key, texts in shipped_texts().items():
        kind = StepKind.THANKS if key == "thanks" else StepKind.REMINDER
        for code, (subject, body) in sorted(texts.items()):
            if language in ("", code):
                yield (
                    f"{key} ({code}), as shipped",
                    judge(Text(subject, body), code, [Standing(kind=kind, foretells=key in FORETELLING)]),
                )


def _as_text(name: str, told: Judgement) -> Iterator[str]:
    tone = f", tone {told.tone.score} of 100 ({told.tone.level.name.lower()})" if told.tone else ""
    grade = f", reading grade {told.grade:.1f}" if told.grade is not None else ""
    yield f"{name}: {told.in_numbers}{tone}{grade}"
    for finding in told.findings:
        yield f"  {finding.kind} {finding.number} ({finding.name}). {finding}"
        yield f"    Better: {finding.remark.better}"


def _as_json(name: str, told: Judgement) -> dict[str, Any]:
    findings = [
        {
            "rule": finding.number,
            "name": finding.name,
            "severity": finding.kind,
            "place": finding.place,
            "words": finding.remark.words,
            "reason": finding.remark.reason,
            "better": finding.remark.better,
        }
        for finding in told.findings
    ]
    return {
        "text": name,
        "language": told.language,
        "tone": told.tone.score if told.tone else None,
        "grade": None if told.grade is None else round(told.grade, 1),
        "findings": findings,
    }
