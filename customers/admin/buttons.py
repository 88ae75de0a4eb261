"""Buttons on a page that change something: GET shows a small form, POST makes one operation call and reports.

The theme's own row and page actions are plain links that act on GET, which a mail scanner or a prefetching
browser would press; these are not. Each form carries a once-only key, which the act gets to know.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.widgets import INPUT_CLASSES

from customers.admin.once import OnceField


class ButtonForm(forms.Form):
    """The few questions a button asks before it acts. `subject` is the row of the page the button stands on.

    `once_for` names button and row for the once-only key; a form that asks for many rows at once has none. `hints` is
    what the page's address says, for forms that fill in what is usual.
    """

    def __init__(
        self,
        *args: Any,
        subject: Any = None,
        once_for: str = "",
        hints: Mapping[str, str] = MappingProxyType({}),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        self.hints = hints
        for asked in self.fields.values():
            asked.widget.attrs["class"] = " ".join(INPUT_CLASSES)
        if once_for:
            self.fields["once"] = OnceField(once_for)


class ReasonForm(ButtonForm):
    """For what needs no more than a reason."""

    reason = forms.CharField(max_length=300)


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Press:
    """What the form was told, when, and by whom. `key` is the same when the same form is sent again."""

    answers: dict[str, Any]
    key: str
    now: datetime
    by: User


@dataclass(frozen=True, kw_only=True)
class Button:
    """One thing a person may do to the row on this page.

    `template` and `shows`: for a form page that lets them see first what would happen.
    """

    name: str
    label: str
    says: str
    permission: str
    act: Callable[[Any, Press], str]  # one operation call; returns what was done, in words
    form: type[ButtonForm] = ButtonForm
    refusals: tuple[type[Exception], ...] = ()
    offered: Callable[[Any], bool] = lambda subject: True
    is_main: bool = False
    template: str = "desk/button_form.html"
    shows: Callable[[Any, HttpRequest], dict[str, Any]] = lambda subject, request: {}


class ButtonsMixin(ModelAdmin):  # type: ignore[misc]
    """Puts `buttons` on the change page and serves their form pages."""

    buttons: Sequence[Button] = ()
    change_form_outer_before_template = "desk/buttons.html"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{button.name}/",
                self.admin_site.admin_view(partial(self.button_view, button=button)),
                name=self._url_name(button),
            )
            for button in self.buttons
        ]
        return [*own, *super().get_urls()]

    def _url_name(self, button: Button) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{button.name}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        buttons = self.links(request, object_id) if self.buttons and request.method == "GET" else []
        extra = {**(extra_context or {}), "buttons": buttons}
        return cast(HttpResponse, super().change_view(request, object_id, form_url, extra))

    def links(self, request: HttpRequest, object_id: str) -> list[dict[str, Any]]:
        """What this person may press on this page now."""
        subject = self.get_object(request, unquote(object_id))
        return [
            {"button": button, "url": reverse(f"admin:{self._url_name(button)}", args=[object_id])}
            for button in self.buttons
            if subject and request.user.has_perm(button.permission) and button.offered(subject)
        ]

    def button_view(self, request: HttpRequest, object_id: str, *, button: Button) -> HttpResponse:
        """GET asks, POST acts once and goes back to the page; a refusal is shown where the answers can be mended."""
        subject = self.get_object(request, unquote(object_id))
        if not (self.has_view_permission(request, subject) and request.user.has_perm(button.permission)):
            raise PermissionDenied
        if subject is None:
            return cast(HttpResponse, self._get_obj_does_not_exist_redirect(request, self.opts, object_id))
        page = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id])
        told = request.POST if request.method == "POST" else None
        form = button.form(told, subject=subject, once_for=f"{self._url_name(button)}.{subject.pk}", hints=request.GET)
        if form.is_valid() and self._press(request, button, subject, form):
            return HttpResponseRedirect(page)
        asked = {"form": form, "button": button, "back": page, "original": subject, "opts": self.opts}
        context = {**self.admin_site.each_context(request), **asked, "title": button.label}
        return TemplateResponse(request, button.template, {**context, **button.shows(subject, request)})

    def _press(self, request: HttpRequest, button: Button, subject: Model, form: ButtonForm) -> bool:
        """True when the page can be gone back to: it is done, or the form has no answers to mend."""
        answers = {name: value for name, value in form.cleaned_data.items() if name != "once"}
        try:
            done = button.act(subject, Press(answers, form.cleaned_data["once"], timezone.now(), person(request)))
        except button.refusals as refusal:
            if form.visible_fields():
                form.add_error(None, str(refusal))
                return False
            messages.error(request, str(refusal))
            return True
        self.log_change(request, subject, done)
        messages.success(request, done)
        return True


def person(request: HttpRequest) -> User:
    """Who sits at the desk; admin pages are for signed-in people only."""
    assert isinstance(request.user, User)
    return request.user
