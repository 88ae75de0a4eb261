"""The desk at /desk/, the customer's page at /p/<token>/, the machine-readable doors beside them."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("desk/", admin.site.urls),
]
