"""The form that places a hold: of a kind, with what is usual for it filled in."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from customers.admin.buttons import ButtonForm, DateInput, Press
from customers.rules.holds import HOLD_RULES, Blocks, HoldKind

BLOCKS = [
    ("contact", "letters and calls"),
    ("charges", "charges of stored cards and accounts"),
    ("claims", "fees and interest for being late"),
]


class HoldForm(ButtonForm):
    """On the whole customer. The page's address may name the kind: `?kind=bereavement`."""

    kinds = tuple(kind for kind in HOLD_RULES if kind is not HoldKind.PAUSE)  # which the case's own button places
    usual = HoldKind.OTHER

    kind = forms.ChoiceField()
    reason = forms.CharField(max_length=300, help_text="One sentence your colleagues will understand next month.")
    until_on = forms.DateField(
        label="Last day",
        required=False,
        widget=DateInput,
        help_text="The day after, everything goes on by itself. Empty: until someone releases it.",
    )
    blocks = forms.MultipleChoiceField(
        label="What rests", required=False, choices=BLOCKS, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hinted = self.hints.get("kind", "")
        kind = HoldKind(hinted) if hinted in self.kinds else self.usual
        rule = HOLD_RULES[kind]
        offered: Any = self.fields["kind"]
        offered.choices = [(kind.value, HOLD_RULES[kind].words) for kind in self.kinds]
        offered.initial = kind.value
        links = format_html_join(", ", '<a class="desk-link" href="?kind={}">{}</a>', offered.choices)
        offered.help_text = format_html("Fill in what is usual for: {}.", links)
        self.fields["until_on"].initial = rule.last_day(timezone.localdate())
        self.fields["blocks"].initial = [name for name, is_blocked in rule.blocks._asdict().items() if is_blocked]
        self.fields["blocks"].widget.attrs["class"] = "desk-check"
        if not rule.source.startswith("our own"):
            self.fields["blocks"].help_text = rule.source


class InvoiceHoldForm(HoldForm):
    """On one invoice."""

    kinds = tuple(kind for kind in HoldForm.kinds if HOLD_RULES[kind].is_for_invoices)
    usual = HoldKind.DISPUTE

    disputed_amount = forms.DecimalField(
        required=False,
        max_digits=18,
        decimal_places=4,
        help_text="If only a part is disputed: how much, in the invoice's currency. The rest is still asked for.",
    )


def told(press: Press) -> dict[str, Any]:
    """The answers as `holds.place` takes them."""
    blocks = Blocks(*(name in press.answers["blocks"] for name in Blocks._fields))
    return {
        **press.answers,
        "kind": HoldKind(press.answers["kind"]),
        "blocks": blocks,
        "now": press.now,
        "by": press.by,
    }


def in_words(press: Press) -> str:
    """What rests, until when and why."""
    day = press.answers["until_on"]
    until = f"until {day:%-d %B %Y}" if day else "until the hold is released"
    return f"{told(press)['blocks']} {until}: {press.answers['reason']}"
