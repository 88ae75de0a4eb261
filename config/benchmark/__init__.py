"""Benchmarks: each case prints its own figure, a reference measured in the same run, and the ratio of both.

They run in a scratch database beside the real one, and never touch the real one.
"""
