"""Who works at the demo company: one person for each role, with a password that is made for this data folder."""

import secrets

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User

ROLES = ("collector", "manager", "auditor")
ADMIN = "admin"


def hire() -> str:
    """Make the logins, all with the same new password, and return it: it is known nowhere else."""
    password = secrets.token_urlsafe(9)
    scrambled = make_password(password)
    for name in ROLES:
        user = User.objects.create(username=name, email=f"{name}@example.com", password=scrambled, is_staff=True)
        user.groups.add(Group.objects.get(name=name))
    User.objects.create(username=ADMIN, password=scrambled, is_staff=True, is_superuser=True)
    return password


def clerk() -> User:
    """Who records bank statements and talks to customers."""
    return User.objects.get(username="collector")


def manager() -> User:
    """Who designs campaigns and decides on letters that wait for review."""
    return User.objects.get(username="manager")
