"""Screens that belong to no app of ours: people and roles, for superusers. The queue's own tables are not shown.

What the queue stores names the code to run, so that editing it would mean running code.
"""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

for model in (Schedule, Success, Failure, OrmQ, User, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class SuperuserOnly(ModelAdmin):  # type: ignore[misc]
    """Nobody else sees these screens, whatever permissions a group may have been given."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and getattr(request.user, "is_superuser", False)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_module_permission(request)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission


@admin.register(User)
class PersonAdmin(SuperuserOnly, UserAdmin):  # type: ignore[type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class RoleAdmin(SuperuserOnly, GroupAdmin):
    pass
