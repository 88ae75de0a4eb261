from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DeskConfig(AppConfig):
    """How the parts are wired."""

    name = "config"
    verbose_name = "Desk"

    def ready(self) -> None:
        from config.roles import make_roles

        post_migrate.connect(make_roles, sender=self, dispatch_uid="roles")
