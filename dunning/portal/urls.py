"""Addresses of the customer's page, all under /p/<token>/."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from dunning.portal import (
    app_views,
    card_views,
    code_views,
    data_views,
    feedback_views,
    help_views,
    preference_views,
    receipt_views,
    request_views,
    unsubscribe_views,
    views,
    ways_back,
)


class Currency(StringConverter):
    regex = "[A-Z]{3}"


register_converter(Currency, "currency")

app_name = "portal"
urlpatterns = [
    path("app/<str:token>/", app_views.from_app, name="from-app"),
    path("unsubscribe/<str:told>/", unsubscribe_views.unsubscribe, name="unsubscribe"),
    path("<str:ticket>/back/", ways_back.came_back, name="back"),
    path("<str:token>/", views.overview, name="overview"),
    path("<str:token>/pay/<currency:currency>/", views.pay, name="pay"),
    path("<str:token>/payments/<int:attempt_id>/", views.payment, name="payment"),
    path("<str:token>/payments/<int:attempt_id>/receipt.pdf", receipt_views.receipt, name="receipt"),
    path("<str:token>/card/", card_views.card, name="card"),
    path("<str:token>/cards/<int:page_id>/", card_views.entered, name="entered"),
    path("<str:token>/help/", help_views.choices, name="help"),
    path("<str:token>/help/parts/<currency:currency>/", help_views.parts, name="parts"),
    path("<str:token>/code/", code_views.code, name="code"),
    path("<str:token>/data/", data_views.data, name="data"),
    path("<str:token>/preferences/", preference_views.preferences, name="preferences"),
    path("<str:token>/feedback/", feedback_views.feedback, name="feedback"),
    path("<str:token>/help/<int:request_id>/", request_views.request, name="request"),
    path("<str:token>/help/<slug:kind>/", help_views.need, name="need"),
]
