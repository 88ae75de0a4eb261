from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class DeskConfig(AppConfig):
    """How the parts are wired."""

    name = "config"
    verbose_name = "Desk"

    def ready(self) -> None:
        from config import checks  # noqa: F401
        from config.roles import make_roles
        from payments.operations.decline_tables import store_shipped_tables
        from payments.operations.jurisdictions import store_shipped_laws

        # After the last of our apps that has tables: by then every permission exists.
        last = apps.get_app_config("dunning")
        post_migrate.connect(make_roles, sender=last, dispatch_uid="roles")
        post_migrate.connect(store_shipped_tables, sender=last, dispatch_uid="decline tables")
        post_migrate.connect(store_shipped_laws, sender=last, dispatch_uid="laws on late payment")
