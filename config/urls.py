"""The desk at /, the customer's page at /p/<token>/, the machine-readable doors beside them."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("desk/", admin.site.urls), path("p/", include("dunning.portal.urls"))]
