"""Once-only keys: each form of the desk carries one, made when it is shown, so that a double click is one change."""

import secrets
from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer

OUT_OF_DATE = "This form was not opened here. Go back and open it again."


class OnceField(forms.CharField):
    """A hidden random key, signed for `purpose` (which button on which row). Its clean value is `desk:<key>`.

    The key itself is remembered by what it led to, as the reference of the payment or of the ledger entry.
    """

    widget = forms.HiddenInput

    def __init__(self, purpose: str) -> None:
        self.signer = Signer(salt=f"desk.once.{purpose}")
        errors = {"required": OUT_OF_DATE}
        super().__init__(max_length=120, initial=self.issue, error_messages=errors)

    def issue(self) -> str:
        """A new key, signed."""
        return self.signer.sign(secrets.token_urlsafe(16))

    def clean(self, value: Any) -> str:
        try:
            return f"desk:{self.signer.unsign(super().clean(value))}"
        except BadSignature as error:
            raise forms.ValidationError(OUT_OF_DATE) from error
