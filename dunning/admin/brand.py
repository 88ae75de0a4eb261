"""How customers see us: logo, colours, sender and footer, with a preview while somebody chooses."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextareaWidget

from customers.admin.base import DeskAdmin
from customers.admin.buttons import person
from dunning.models import Brand
from dunning.operations import brand
from dunning.operations.brand import BrandRefusal
from dunning.queries.brand import branding
from dunning.rules.brand import NoColour, colour, remarks


class BrandForm(forms.ModelForm):  # type: ignore[type-arg]
    """The rules are the operation's; what they refuse stands beside its field."""

    new_logo = forms.FileField(
        label="Logo", required=False, help_text="PNG, up to 1 MB. It is drawn anew, at most 600 by 160 pixels."
    )
    no_logo = forms.BooleanField(label="Take the logo away", required=False)
    told: dict[str, Any]

    class Meta:
        model = Brand
        fields = ("accent", "page", "sender_name", "footer")
        widgets = {
            "accent": forms.TextInput({"type": "color"}),
            "page": forms.TextInput({"type": "color"}),
            "footer": UnfoldAdminTextareaWidget({"rows": 3}),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        file = cleaned.get("new_logo")
        logo = b"" if cleaned["no_logo"] else file.read(brand.BIGGEST_FILE + 1) if file else None
        words = {name: cleaned[name] for name in ("accent", "page", "sender_name", "footer")}
        try:
            self.told = brand.checked(**words, logo=logo)
        except BrandRefusal as refusal:
            self.add_error("new_logo" if refusal.field == "logo" else refusal.field, str(refusal))
        return cleaned


@admin.register(Brand)
class BrandAdmin(DeskAdmin):
    empty_says = "Pages, mails and letters look as they come, under COMPANY_NAME, until a manager adds a brand."
    form = BrandForm
    list_display = ("__str__", "sender_name", "accent", "page", "has_logo", "changed_at", "changed_by")
    list_select_related = ("changed_by",)
    ordering = ("pk",)
    sortable_by = ()
    fields = (("accent", "page"), "new_logo", "no_logo", "sender_name", "footer")
    change_form_outer_after_template = "desk/brand_preview.html"

    class Media:
        js = ["desk/brand.js"]

    def get_urls(self) -> list[URLPattern]:
        check = self.admin_site.admin_view(require_POST(self.check_view))
        return [path("check/", check, name="dunning_brand_check"), *super().get_urls()]

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """What the contrast of the typed colours is missing; stores nothing."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        try:
            typed = colour(request.POST.get("accent", "")), colour(request.POST.get("page", ""))
        except NoColour as trouble:
            return JsonResponse({"remarks": [{"field": "accent", "words": str(trouble), "instead": ""}]})
        found = remarks(*typed)
        told = [{"field": one.field, "words": str(one), "instead": one.instead} for one in found]
        return JsonResponse({"remarks": told})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        kept = brand.keep(form.told, now=timezone.now(), by=person(request))
        obj.pk = kept.pk

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        extra = {**(extra_context or {}), "brand": branding()}
        return super().changeform_view(request, object_id, form_url, extra)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Brand.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description="Logo")
    def has_logo(self, row: Brand) -> str:
        return format_html("{} × {}", row.logo_width, row.logo_height) if row.logo_height else "none"
