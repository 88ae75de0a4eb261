from django.apps import AppConfig


class DunningConfig(AppConfig):
    """What we do about it."""

    name = "dunning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dunning.portal.logs import hide_link_tokens

        hide_link_tokens()
