"""Who works at the demo company: one person for each role, with passwords that are made for this data folder."""

import secrets

from django.contrib.auth.models import Group, User

ROLES = ("collector", "manager", "auditor")


def hire() -> dict[str, str]:
    """Make the logins and return name → password. There is no other place where the passwords are known."""
    passwords = {name: secrets.token_urlsafe(9) for name in (*ROLES, "admin")}
    for name, password in passwords.items():
        is_admin = name == "admin"
        user = User.objects.create_user(name, password=password, is_staff=True, is_superuser=is_admin)
        if not is_admin:
            user.groups.add(Group.objects.get_or_create(name=name)[0])
    return passwords


def clerk() -> User:
    """Who records bank statements and talks to customers."""
    return User.objects.get(username="collector")
