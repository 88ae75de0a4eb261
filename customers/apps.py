from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Who owes what."""

    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"
