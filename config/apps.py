from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class DeskConfig(AppConfig):
    """How the parts are wired."""

    name = "config"
    verbose_name = "Desk"

    def ready(self) -> None:
        from config import checks  # noqa: F401
        from config.roles import make_roles
        from dunning.operations.shipped_limits import store_shipped_limits
        from payments.operations.shipped_rows import store_shipped_rows

        # After the last of our apps that has tables: by then every permission exists.
        last = apps.get_app_config("dunning")
        post_migrate.connect(make_roles, sender=last, dispatch_uid="roles")
        post_migrate.connect(store_shipped_rows, sender=last, dispatch_uid="shipped rows")
        post_migrate.connect(store_shipped_limits, sender=last, dispatch_uid="shipped limits")
