"""When an invoice is paid: a small model that is learnt by night from our own history, and scored without a library.

Method: discrete-time hazards by logistic regression (P. D. Allison, Discrete-time methods for the analysis of event
histories, Sociological Methodology 13 (1982)): in each period past due, how likely is an invoice paid that is still
open? docs/experiments.md says more.
"""
