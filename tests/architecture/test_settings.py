"""A wrong or dangerous value stops the start with one sentence that says what to do."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from tests.processes import A_GOOD_KEY, bare_environment, manage

# Nobody listens there; whatever is refused here is refused before the database is asked.
GOOD = {
    "SECRET_KEY": A_GOOD_KEY,
    "DATABASE_URL": "postgres://desk:secret@127.0.0.1:1/desk",
    "BASE_URL": "https://billing.acme.org",
    "EMAIL_URL": "smtp+tls://desk:secret@mail.acme.org:587",
    "DEFAULT_FROM_EMAIL": "Acme Billing <billing@acme.org>",
    "TIME_ZONE": "Europe/Berlin",
    "PROXIES": "1",
}

REFUSED = {
    "missing key": ({"SECRET_KEY": ""}, "SECRET_KEY is not set; make one with"),
    "short key": ({"SECRET_KEY": "tiny"}, "SECRET_KEY is too short"),
    "key of one letter": ({"SECRET_KEY": "x" * 60}, "SECRET_KEY is too short"),
    "sample key": ({"SECRET_KEY": "django-insecure-" + A_GOOD_KEY}, "SECRET_KEY looks like a sample"),
    "short link key": ({"LINK_KEY": "tiny"}, "LINK_KEY is too short"),
    "unreadable database": ({"DATABASE_URL": "postgres//desk"}, "write postgres://user:password@host:5432/name"),
    "other database": ({"DATABASE_URL": "mysql://desk@localhost/desk"}, "cannot be read as a PostgreSQL address"),
    "bad database port": ({"DATABASE_URL": "postgres://desk@localhost:port/desk"}, "DATABASE_URL cannot be read"),
    "unreadable mail": ({"EMAIL_URL": "mail.acme.org"}, "write smtp+tls://user:password@host:587"),
    "unknown zone": ({"TIME_ZONE": "Europe/Atlantis"}, "an unknown zone; write for example Europe/Berlin"),
    "unclear switch": ({"DEBUG": "flase"}, "DEBUG is 'flase'; write true or false"),
    "debug in public": ({"DEBUG": "true"}, "set DEBUG=false"),
    "any host": ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is *"),
    "own host forgotten": ({"ALLOWED_HOSTS": "localhost"}, "ALLOWED_HOSTS lacks billing.acme.org"),
    "no encryption": ({"BASE_URL": "http://billing.acme.org"}, "write https://billing.acme.org"),
    "address without a host": ({"BASE_URL": "billing.acme.org"}, "write an address such as https://"),
    "two ways for mail": ({"EMAIL_BACKEND": "anymail.backends.postmark.EmailBackend"}, "keep the one"),
    "sample sender": ({"DEFAULT_FROM_EMAIL": ""}, "set DEFAULT_FROM_EMAIL"),
    "stripe without its webhook": ({"STRIPE_SECRET_KEY": "sk_test_secret@"}, "write the endpoint's secret, whsec_"),
    "webhook without stripe": ({"STRIPE_WEBHOOK_SECRETS": "whsec_secret@"}, "without STRIPE_SECRET_KEY; set both"),
    "stripe's place taken by a stranger": (
        {
            "STRIPE_SECRET_KEY": "sk_test_secret@",
            "STRIPE_WEBHOOK_SECRETS": "whsec_secret@",
            "STRIPE_ADDRESS": "https://evil.example",
        },
        "STRIPE_ADDRESS is for the local processor and a test key only",
    ),
    "real money to the local processor": (
        {
            "STRIPE_SECRET_KEY": "sk_live_secret@",
            "STRIPE_WEBHOOK_SECRETS": "whsec_secret@",
            "STRIPE_ADDRESS": "http://127.0.0.1:8001",
        },
        "STRIPE_ADDRESS is for the local processor and a test key only",
    ),
    "the page's stripe key": ({"STRIPE_SECRET_KEY": "pk_live_secret@"}, "begins with sk_ or rk_"),
    "no secret for the webhook": (
        {"STRIPE_SECRET_KEY": "sk_live_secret@", "STRIPE_WEBHOOK_SECRETS": "whsec_a,secret@"},
        "write the endpoint's secret, whsec_",
    ),
    "real money on a laptop": (
        {
            "DEBUG": "true",
            "BASE_URL": "http://localhost:8000",
            "STRIPE_SECRET_KEY": "sk_live_secret@",
            "STRIPE_WEBHOOK_SECRETS": "whsec_secret@",
        },
        "moves real money while DEBUG is on",
    ),
    "unknown gateway": ({"PAYMENT_GATEWAY": "stripe"}, "PAYMENT_GATEWAY is 'stripe'; write one of sandbox"),
    "nobody's retries": (
        {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRETS": "whsec_1", "STRIPE_RETRIES": "both"},
        "Who tries invoices of stripe again is 'both'; write ours or gateway (STRIPE_RETRIES)",
    ),
    "a service nobody is told of": ({"SERVICE_WEBHOOK_SECRET": "secret@"}, "without SERVICE_WEBHOOK_URL; set both"),
    "a service told openly": (
        {"SERVICE_WEBHOOK_URL": "http://app.acme.org/hook"},
        "to app.acme.org openly; write https",
    ),
    "a service inside": ({"SERVICE_WEBHOOK_URL": "https://169.254.169.254/hook"}, "leads into a private network"),
    "a service without a host": ({"SERVICE_WEBHOOK_URL": "app.acme.org/hook"}, "SERVICE_WEBHOOK_URL cannot be read"),
    "a service with a weak secret": (
        {"SERVICE_WEBHOOK_URL": "http://localhost:9000/hook", "SERVICE_WEBHOOK_SECRET": "secret@"},
        "SERVICE_WEBHOOK_SECRET must be 32 characters or more",
    ),
    "half of an account for text messages": (
        {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_SENDER": "+15005550006"},
        "TWILIO_AUTH_TOKEN is not set; text messages need TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_SENDER",
    ),
    "a sender of text messages that is none": (
        {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "secret@", "TWILIO_SENDER": "0151 234567"},
        "write a number such as +4915123456789",
    ),
    "messages told openly": (
        {"NOTICE_WEBHOOK_URL": "http://chat.acme.org/hook"},
        "NOTICE_WEBHOOK_URL sends customers' data to chat.acme.org openly",
    ),
    "no connections": ({"DUNNING_CONNECTIONS": "0"}, "write a whole number, 1 or more"),
}


@pytest.mark.parametrize(("changes", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_bad_value_stops_the_start_with_a_sentence(changes: dict[str, str], sentence: str) -> None:
    stopped = manage("check", environment=bare_environment(**{**GOOD, **changes}))

    assert stopped.returncode == 1
    assert sentence in stopped.stderr
    assert stopped.stderr.startswith("The desk does not start: ") and stopped.stderr.count("\n") == 1
    assert "secret@" not in stopped.stderr


def test_a_mail_provider_without_its_key_stops_the_start() -> None:
    postmark = {"EMAIL_URL": "", "EMAIL_BACKEND": "anymail.backends.postmark.EmailBackend"}

    stopped = manage("check", environment=bare_environment(**{**GOOD, **postmark}))
    assert stopped.returncode == 1 and "POSTMARK_SERVER_TOKEN" in stopped.stderr and "Traceback" not in stopped.stderr


@pytest.mark.parametrize(
    ("secret", "sentence"),
    [("", "Anybody could tell the desk"), ("desk:secret@", "too weak"), ("desk:" + "secret@" * 4, "")],
)
def test_a_mail_provider_whose_news_anybody_could_forge_stops_the_start(secret: str, sentence: str) -> None:
    postmark = {"EMAIL_URL": "", "EMAIL_BACKEND": "anymail.backends.postmark.EmailBackend"}
    keys = {"ANYMAIL_POSTMARK_SERVER_TOKEN": "t", "ANYMAIL_WEBHOOK_SECRET": secret}

    started = manage("check", environment=bare_environment(**{**GOOD, **postmark, **keys}))

    assert (started.returncode != 0) == bool(sentence) and sentence in started.stderr
    assert not sentence or "Set ANYMAIL_WEBHOOK_SECRET=user:password" in started.stderr
    assert "secret@" not in started.stderr


def test_a_good_production_environment_passes_the_deployment_check() -> None:
    checked = manage("check", "--deploy", "--fail-level", "WARNING", environment=bare_environment(**GOOD))

    assert (checked.returncode, checked.stderr) == (0, "")


def test_stripes_test_key_warns_where_customers_come_in() -> None:
    stripe = {
        "STRIPE_SECRET_KEY": "sk_test_1",
        "STRIPE_WEBHOOK_SECRETS": "whsec_1,whsec_2",
        "PAYMENT_GATEWAY": "stripe",
    }
    check = ("check", "--fail-level", "WARNING")

    public = manage(*check, environment=bare_environment(**GOOD, **stripe))
    live = manage(*check, environment=bare_environment(**GOOD, **{**stripe, "STRIPE_SECRET_KEY": "rk_live_1"}))

    assert public.returncode == 1 and "desk.W002" in public.stderr
    assert (live.returncode, live.stderr) == (0, "")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("60", 60),
        ("2.5", 2.5),
        ("false", False),
        ("True", True),
        ('{"track_opens": false}', {"track_opens": False}),
        ("key-1a2b", "key-1a2b"),
        ("007", "007"),
        ("1e5", "1e5"),
        ("", ""),
    ],
)
def test_a_mail_providers_setting_is_what_it_looks_like(
    said: str, meant: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANYMAIL_OPTION", said)

    found = environment.settings_of("ANYMAIL_")["OPTION"]

    assert (found, type(found)) == (meant, type(meant))


def test_a_broken_object_among_a_mail_providers_settings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANYMAIL_SEND_DEFAULTS", "{track_opens: no}")

    with pytest.raises(ImproperlyConfigured, match="ANYMAIL_SEND_DEFAULTS is no JSON object; write"):
        environment.settings_of("ANYMAIL_")
