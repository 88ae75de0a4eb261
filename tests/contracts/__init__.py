import pytest

pytest.register_assert_rewrite("tests.contracts.channel_contract")
