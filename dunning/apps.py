from django.apps import AppConfig


class DunningConfig(AppConfig):
    """What we do about it."""

    name = "dunning"
    default_auto_field = "django.db.models.BigAutoField"
