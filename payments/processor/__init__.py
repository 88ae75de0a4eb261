"""A card processor on this machine that speaks Stripe's HTTP API: for tests and the demo, with books of its own.

It is a process of its own, knows nothing of the desk, keeps no card number, and moves no money.
"""
