"""The formulas behind every report: pure, one file a subject, each tested against an example worked out by hand.

Rates are fractions of one (0.25 is 25 %), or None where there is nothing to divide by. Amounts are of one currency.
"""
