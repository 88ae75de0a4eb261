"""Filters of the dunning templates."""

from django import template

from dunning.case_file import step_words

register = template.Library()
register.filter("step_words", step_words)
