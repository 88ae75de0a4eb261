"""Choosing one of the people who work at the desk."""

from typing import Any

from django import forms
from django.contrib.auth.models import User


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of those who may sign in at the desk, or nobody."""

    def __init__(self, **facts: Any) -> None:
        everyone = User.objects.filter(is_active=True, is_staff=True).order_by("username")
        super().__init__(queryset=everyone, required=False, empty_label="nobody", **facts)
