"""People at the desk, each with a browser of their own."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from customers.models import Customer
from tests.provider import Provider
from tests.screens.books import books_with


def signed_in(name: str, role: str = "", *, is_superuser: bool = False) -> Client:
    user = User.objects.create(username=name, is_staff=True, is_superuser=is_superuser)
    if role:
        user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def chief(db: None, provider: Provider) -> Client:
    """A superuser."""
    return signed_in("frida", is_superuser=True)


@pytest.fixture
def manager(db: None, provider: Provider) -> Client:
    return signed_in("maria", "manager")


@pytest.fixture
def collector(db: None, provider: Provider) -> Client:
    return signed_in("karl", "collector")


@pytest.fixture
def auditor(db: None, provider: Provider) -> Client:
    return signed_in("ines", "auditor")


@pytest.fixture
def ada(collector: Client) -> Customer:
    """A customer with an open case, and everything that belongs to one."""
    return books_with(1)[0]
