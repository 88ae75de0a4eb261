import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_models_have_all_their_migrations() -> None:
    call_command("makemigrations", "--check", "--dry-run", "-v0")
