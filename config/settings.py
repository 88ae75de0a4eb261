"""Settings, read from the environment and `.env`. docs/operate.md lists every name.

A wrong or dangerous value stops the start here with one sentence; what needs Django itself is in config/checks.py.
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config import environment, safety
from config.desk import UNFOLD as UNFOLD
from config.logs import LOGGING as LOGGING
from config.postgres import start_embedded
from config.security import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("DATA_DIR", str(BASE_DIR / "data"))).resolve()
ON_A_LAPTOP = not environment.text("DATABASE_URL")  # a PostgreSQL that starts by itself, a key that makes itself


def kept_secret(name: str) -> str:
    """A random secret that is made once and kept in the data folder, readable by its owner only."""
    path = DATA_DIR / name
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


DEBUG = environment.switch("DEBUG")
SECRET_KEY = environment.text("SECRET_KEY") or (kept_secret("secret_key") if ON_A_LAPTOP else "")
safety.refuse_weak_key("SECRET_KEY", SECRET_KEY)
LINK_KEY = environment.text("LINK_KEY") or SECRET_KEY
safety.refuse_weak_key("LINK_KEY", LINK_KEY)
# How long a customer's personal link opens the page.
PORTAL_LINK_DAYS = environment.whole_number("PORTAL_LINK_DAYS", default=60, least=1)

BASE_URL = environment.web_address("BASE_URL", "http://localhost:8000")
ALLOWED_HOSTS = environment.words(
    "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", str(urlsplit(BASE_URL).hostname)]
)
safety.refuse_open_doors(debug=DEBUG, allowed_hosts=ALLOWED_HOSTS, base_url=BASE_URL)
COMPANY_NAME = environment.text("COMPANY_NAME", "Example Company")
COMPANY_ADDRESS = environment.text("COMPANY_ADDRESS")
# How long invoices and payments are kept after a customer asked to be erased, whole years after the one of the invoice.
RETENTION_YEARS = environment.whole_number("RETENTION_YEARS", default=10, least=1)
# Where letters are posted: decides on paper and window, and which letters are mail abroad.
COMPANY_COUNTRY = environment.country("COMPANY_COUNTRY")

# Encryption all the way when customers come by https. gunicorn believes a proxy's X-Forwarded-Proto, see operate.md.
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^metrics/$"]  # asked from inside, by plain http
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE_SSL_REDIRECT else 0
# What HSTS says about other hosts of the domain is for the owner of the domain to decide, not for this program.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# How many proxies of our own stand in front, each of which adds to X-Forwarded-For whom it was called by.
PROXIES = environment.whole_number("PROXIES", default=0, least=0)

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "import_export",
    "anymail",
    "django_q",
    "csp",
    "customers",
    "payments",
    "dunning",
    "config",
]
MIDDLEWARE = [
    "dunning.portal.middleware.PortalMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.security.desk_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.desk.desk_in_english",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

if ON_A_LAPTOP:  # children of this process join the same database with the same key
    os.environ["DATABASE_URL"] = start_embedded(DATA_DIR)
    os.environ["SECRET_KEY"] = SECRET_KEY
DATABASES = {
    "default": {
        **environment.database("DATABASE_URL"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    },
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=10, keepalives_idle=30, keepalives_interval=10, keepalives_count=3
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = environment.zone("TIME_ZONE")
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "dunning" / "locale"]  # words of the customer's page; `manage.py makemessages` fills it
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # served from where they lie: no collecting step
CSRF_FAILURE_VIEW = "dunning.portal.views.csrf_failure"
LOGIN_REDIRECT_URL = "admin:index"

# Mail: Anymail's provider by EMAIL_BACKEND and ANYMAIL_…, plain SMTP by EMAIL_URL, otherwise the mailbox in the admin.
EMAIL_BACKEND = environment.text("EMAIL_BACKEND")
safety.refuse_unclear_mail(
    email_url=environment.text("EMAIL_URL"),
    email_backend=EMAIL_BACKEND,
    sender=environment.text("DEFAULT_FROM_EMAIL"),
)
EMAIL_BACKEND = EMAIL_BACKEND or "dunning.channels.mailbox.MailboxBackend"
ANYMAIL = environment.settings_of("ANYMAIL_")
if environment.text("EMAIL_URL"):
    vars().update(environment.mail_server("EMAIL_URL"))
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "Billing <billing@example.com>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

DUNNING_CHANNELS: dict[str, dict[str, Any]] = {
    "email": {"class": "dunning.channels.email.EmailChannel"},
    "post": {"class": "dunning.channels.post.PostChannel"},
}
# Text messages through Twilio; without an account no campaign can send any.
TWILIO_AUTH_TOKEN = environment.text("TWILIO_AUTH_TOKEN")
twilio_options: dict[str, Any] = {
    "account_sid": environment.text("TWILIO_ACCOUNT_SID"),
    "auth_token": TWILIO_AUTH_TOKEN,
    "sender": environment.text("TWILIO_SENDER"),
}
safety.refuse_unclear_twilio(**twilio_options)
if twilio_options["account_sid"]:
    if BASE_URL.startswith("https://"):  # where Twilio can reach us
        twilio_options["reports_to"] = f"{BASE_URL}/webhooks/sms/reports/"
    DUNNING_CHANNELS["sms"] = {"class": "dunning.channels.sms.TwilioChannel", "options": twilio_options}
# The most that one text message may cost; a longer text cannot be published.
SMS_MOST_SEGMENTS = environment.whole_number("SMS_MOST_SEGMENTS", default=2, least=1)
# Milliseconds for which a report's page works on an answer itself, a statement; then the engine does. 0: it never does.
REPORT_PATIENCE_MS = environment.whole_number("REPORT_PATIENCE_MS", default=300, least=0)
# Payments are foretold by what was learnt by night, or by rules only.
PREDICT_BY_RULES = environment.switch("PREDICT_BY_RULES")
# Notices in the customers' own app; without a secret no campaign can show any.
IN_APP_SECRET = environment.text("IN_APP_SECRET")
IN_APP_ORIGINS = environment.words("IN_APP_ORIGINS", [])
safety.refuse_unclear_in_app(secret=IN_APP_SECRET, origins=IN_APP_ORIGINS)
if IN_APP_SECRET:
    DUNNING_CHANNELS["in_app"] = {"class": "dunning.channels.in_app.InAppChannel"}
# Messages handed to a system of your own; without an address no campaign can hand it any.
webhook_options = {
    "url": environment.text("NOTICE_WEBHOOK_URL"),
    "secret": environment.text("NOTICE_WEBHOOK_SECRET"),
}
safety.refuse_unclear_webhook("NOTICE_WEBHOOK", **webhook_options, debug=DEBUG)
if webhook_options["url"]:
    DUNNING_CHANNELS["webhook"] = {"class": "dunning.channels.webhook.WebhookChannel", "options": webhook_options}
# What your app's server signs its "billing" button and its questions for facts with; empty: neither.
BILLING_SECRET = environment.text("BILLING_SECRET")
safety.refuse_short_secret("BILLING_SECRET", BILLING_SECRET)
# Parallel connections to the mail server, per worker.
DUNNING_CONNECTIONS = environment.whole_number("DUNNING_CONNECTIONS", default=4, least=1)
PAYMENT_GATEWAYS: dict[str, dict[str, Any]] = {
    "sandbox": {
        "class": "payments.gateways.sandbox.SandboxGateway",
        "options": {"journal": DATA_DIR / "sandbox_gateway.sqlite3"},
    },
}
STRIPE_ADDRESS = environment.text("STRIPE_ADDRESS")  # of the local processor, which answers in Stripe's place
stripe_options: dict[str, Any] = {
    "secret_key": environment.text("STRIPE_SECRET_KEY"),
    "webhook_secrets": environment.words("STRIPE_WEBHOOK_SECRETS", []),
    "base_address": STRIPE_ADDRESS,
}
safety.refuse_unclear_stripe(**stripe_options, debug=DEBUG)
if stripe_options["secret_key"]:
    PAYMENT_GATEWAYS["stripe"] = {
        "class": "payments.gateways.stripe.StripeGateway",
        "options": stripe_options,
        # Who tries Stripe's own invoices again: "ours", or "gateway" for Stripe's engine. Never both.
        "retries": environment.text("STRIPE_RETRIES", "ours"),
        # Whether the networks renew most cards there without their owners, so that nobody is written to before.
        "updates_cards": environment.switch("STRIPE_UPDATES_CARDS"),
    }
safety.refuse_unclear_retries(PAYMENT_GATEWAYS)
PAYMENT_GATEWAY = environment.text("PAYMENT_GATEWAY", "sandbox")
safety.refuse_unknown_gateway(PAYMENT_GATEWAY, PAYMENT_GATEWAYS)

# Where the service hears that a customer is restricted or restored; empty: no campaign may have such a step.
SERVICE_WEBHOOK_URL = environment.text("SERVICE_WEBHOOK_URL")
SERVICE_WEBHOOK_SECRET = environment.text("SERVICE_WEBHOOK_SECRET")
safety.refuse_unclear_webhook("SERVICE_WEBHOOK", url=SERVICE_WEBHOOK_URL, secret=SERVICE_WEBHOOK_SECRET, debug=DEBUG)

# After so many days what providers and gateways told word for word is emptied; what followed from it stays.
RAW_EVENT_DAYS = environment.whole_number("RAW_EVENT_DAYS", default=90, least=1)
TICK_LATE_AFTER = environment.whole_number("TICK_LATE_AFTER", default=180, least=1)  # seconds; then health turns red
METRICS_KEY = environment.text("METRICS_KEY")

# The queue only wakes the engine; what is owed is recorded in our own tables.
Q_CLUSTER = {
    "name": "dunning",
    "orm": "default",
    "workers": 2,
    "timeout": 50,
    "retry": 600,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "bulk": 1,
    "queue_limit": 2,
    "recycle": 200,
    "poll": 1,
    "save_limit": 250,
}
