"""A database and an object store with its bucket: what the wallet stands on."""

from collections.abc import AsyncIterator

import pytest

from storage import objects
from storage.settings import ObjectsSettings
from tests.conftest import Queries


@pytest.fixture
async def wallet(db: Queries, seaweed: ObjectsSettings) -> AsyncIterator[Queries]:
    """Yields the SQL statements sent so far, as `db` does."""
    objects.configure(seaweed)
    await objects.ensure_bucket()
    yield db
    objects.close()
