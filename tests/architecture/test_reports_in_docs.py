"""The document on reports says what the reports themselves say."""

from pathlib import Path

from dunning.figures.book import REPORTS

PAGE = Path(__file__).parents[2] / "docs" / "reports.md"


def test_every_definition_of_a_report_stands_in_the_docs() -> None:
    told = " ".join(PAGE.read_text().split())
    for report in REPORTS.values():
        for sentence in (report.asks, *report.definition, report.cohort, report.in_progress, report.interval):
            assert sentence in told, (report.key, sentence)
        assert f"### {report.title} " in told
