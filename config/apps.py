from django.apps import AppConfig


class DeskConfig(AppConfig):
    """How the parts are wired."""

    name = "config"
    verbose_name = "Desk"

    def ready(self) -> None:
        from config import checks  # noqa: F401
