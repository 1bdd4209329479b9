"""The estate, and a browser for each person in it."""

import pytest
from django.test import Client

from tests.integration.security import estate as estate_module


@pytest.fixture
def estate(cast):
    return estate_module.assemble(cast)


@pytest.fixture
def signed_in(estate):
    """signed_in(name): a client in which that person has signed in; None has not."""

    def of(name: str | None) -> Client:
        client = Client()
        if name is not None:
            client.force_login(estate.who[name])
        return client

    return of
