"""The desk at /desk/, the customer's page at /p/<token>/, the doors for machines beside them."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from config import views
from dunning import in_app
from dunning import sms_webhooks as sms
from dunning import webhooks as mail
from dunning.portal import company as brand
from dunning.portal.facts import facts
from payments.webhooks import receive

TO_THE_DESK = RedirectView.as_view(pattern_name="admin:index")

urlpatterns = [
    path("", TO_THE_DESK),
    re_path("^desk/(?:customers|payments|dunning)/$", TO_THE_DESK),  # the menu is the only list of lists
    path("desk/", admin.site.urls),
    path("billing/facts/", facts, name="billing-facts"),
    path("brand/<slug:edition>.css", brand.style, name="brand-style"),
    path("brand/<slug:edition>.png", brand.logo, name="brand-logo"),
    path("p/", include("dunning.portal.urls")),
    path("webhooks/mail/news/", mail.mail_news, name="mail-news"),
    path("webhooks/mail/replies/", mail.mail_replies, name="mail-replies"),
    path("webhooks/sms/reports/", sms.reports, name="sms-reports"),
    path("webhooks/sms/answers/", sms.answers, name="sms-answers"),
    path("webhooks/<slug:alias>/", receive, name="webhook"),
    path("in-app/notices/", in_app.notices, name="in-app-notices"),
    path("in-app/notices/<slug:key>/shown/", in_app.shown, name="in-app-shown"),
    path("in-app/notices/<slug:key>/dismissed/", in_app.dismissed, name="in-app-dismissed"),
    path("health/", views.health, name="health"),
    path("metrics/", views.metrics, name="metrics"),
]
