"""Experiments: who gets what, how many are needed, what may be said when. Pure; statistics are imported where used.

Methods and their sources are in docs/experiments.md.
"""
