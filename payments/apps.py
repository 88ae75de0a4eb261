from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """How money comes in."""

    name = "payments"
    default_auto_field = "django.db.models.BigAutoField"
