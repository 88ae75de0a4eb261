"""Where things stand on paper, in millimetres from the sheet's top left corner, so that the address shows in a window.

Two sheets: A4 for long envelopes with a window (DIN 5008 form B: C6/5 and DL, folded at 105 and 210 mm), and US Letter
for #10 envelopes with the window 7/8 inch from the left and 1/2 inch from the bottom (4 1/2 by 1 1/8 inches).
"""

from dataclasses import dataclass

INCH = 25.4
US_PAPER = frozenset("US CA MX PH CL CO VE PR GU".split())  # where Letter is the paper that offices have


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """`address`: what stays visible however the sheet slides in its envelope; `text_from`: where the letter begins."""

    size: str
    width: float
    address: Box
    line_height: float
    has_return_line: bool
    facts: Box
    text_from: float
    folds: tuple[float, ...]
    margin_left: float = 25.0
    margin_right: float = 20.0
    margin_top: float = 16.0


# The address zone of DIN 5008 form B lies below 17.7 mm for the sender's line, in the field 45 mm from the top.
DIN_5008_B = Sheet(
    size="A4",
    width=210,
    address=Box(25, 62.7, 80, 27.3),
    line_height=4.5,
    has_return_line=True,
    facts=Box(125, 50, 65, 40),
    text_from=100,
    folds=(105, 210),
)
# A sheet of 11 inches folded in three is 11.6 mm lower than its envelope and 1 inch narrower: what shows wherever it
# lies is 2.5 to 3.17 inches from the top and up to 4 3/8 inches from the left. The block ends at its lower edge.
US_NUMBER_10 = Sheet(
    size="letter",
    width=215.9,
    address=Box(25.4, 2.375 * INCH, 3.375 * INCH, 20.1),
    line_height=4.0,
    has_return_line=False,
    facts=Box(135, 42, 60, 36),
    text_from=97,
    folds=(),
)


def sheet_for(country: str) -> Sheet:
    """The sheet of a sender in `country`: paper and envelopes are theirs, whoever gets the letter."""
    return US_NUMBER_10 if country in US_PAPER else DIN_5008_B
