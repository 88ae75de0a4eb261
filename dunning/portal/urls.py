"""Addresses of the customer's page, all under /p/<token>/."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from dunning.portal import views


class Currency(StringConverter):
    regex = "[A-Z]{3}"


register_converter(Currency, "currency")

app_name = "portal"
urlpatterns = [
    path("<str:token>/", views.overview, name="overview"),
    path("<str:token>/pay/<currency:currency>/", views.pay, name="pay"),
    path("<str:token>/payments/<int:attempt_id>/", views.payment, name="payment"),
    path("<str:token>/card/", views.card, name="card"),
]
