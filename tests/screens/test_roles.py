"""The roles themselves: what they hold, and what nobody holds."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client

from config.roles import make_roles


def test_the_queue_s_tables_have_no_screen(chief: Client) -> None:
    assert not [model for model in admin.site._registry if model._meta.app_label == "django_q"]
    assert chief.get("/desk/django_q/schedule/").status_code == 404


def test_making_the_roles_again_changes_nothing(db: None) -> None:
    held = {group.name: set(group.permissions.values_list("pk", flat=True)) for group in Group.objects.all()}
    make_roles()
    assert {g.name: set(g.permissions.values_list("pk", flat=True)) for g in Group.objects.all()} == held
    assert set(held) == {"auditor", "collector", "manager"}


def test_no_role_may_touch_users_or_the_queue(db: None) -> None:
    apps = Group.objects.values_list("permissions__content_type__app_label", flat=True).distinct()
    assert set(apps) == {"customers", "payments", "dunning"}
