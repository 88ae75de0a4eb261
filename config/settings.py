"""Settings, read from the environment and `.env`. docs/operate.md lists every name."""

import os
import secrets
from pathlib import Path

import environ

from config.postgres import start_embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data")))
ON_A_LAPTOP = not env.str("DATABASE_URL", default="")  # a PostgreSQL that starts by itself, a key that makes itself


def kept_secret(name: str) -> str:
    """A random secret that is made once and kept in the data folder, readable by its owner only."""
    path = DATA_DIR / name
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or (kept_secret("secret_key") if ON_A_LAPTOP else "")
LINK_KEY = env.str("LINK_KEY", default="") or SECRET_KEY
PORTAL_LINK_DAYS = env.int("PORTAL_LINK_DAYS", default=60)  # how long a customer's personal link opens the page
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
COMPANY_NAME = env.str("COMPANY_NAME", default="Example Company")
COMPANY_ADDRESS = env.str("COMPANY_ADDRESS", default="")

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
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
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

if ON_A_LAPTOP:
    os.environ["DATABASE_URL"] = start_embedded(DATA_DIR)  # children of this process join by the same name
DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL"),
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
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "dunning" / "locale"]  # words of the customer's page; `manage.py makemessages` fills it
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
CSRF_FAILURE_VIEW = "dunning.portal.views.csrf_failure"
LOGIN_REDIRECT_URL = "admin:index"

# Mail: Anymail's provider by EMAIL_BACKEND and ANYMAIL_…, plain SMTP by EMAIL_URL, otherwise the mailbox in the admin.
ANYMAIL = {name.removeprefix("ANYMAIL_"): value for name, value in os.environ.items() if name.startswith("ANYMAIL_")}
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="dunning.channels.mailbox.MailboxBackend")
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Billing <billing@example.com>")

DUNNING_CHANNELS = {"email": {"class": "dunning.channels.email.EmailChannel"}}
DUNNING_CONNECTIONS = env.int("DUNNING_CONNECTIONS", default=4)  # parallel connections to the mail server, per worker
PAYMENT_GATEWAYS = {
    "sandbox": {
        "class": "payments.gateways.sandbox.SandboxGateway",
        "options": {"journal": DATA_DIR / "sandbox_gateway.sqlite3"},
    },
}
PAYMENT_GATEWAY = env.str("PAYMENT_GATEWAY", default="sandbox")

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
