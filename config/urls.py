"""The desk at /, the customer's page at /p/<token>/, the machine-readable doors beside them."""

from django.contrib import admin
from django.urls import path

urlpatterns = [path("desk/", admin.site.urls)]
