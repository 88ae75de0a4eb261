from django.apps import AppConfig


class DeskConfig(AppConfig):
    """How the parts are wired."""

    name = "config"
    verbose_name = "Desk"
