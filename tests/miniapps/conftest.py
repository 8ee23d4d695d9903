"""What tests of several slices stand on."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from miniapps.catalog.service import packages
from storage import objects
from storage.settings import ObjectsSettings


@pytest.fixture
async def store(db: Any, seaweed: ObjectsSettings) -> AsyncIterator[Any]:
    """A database without rows beside the object store, and nothing remembered of packages."""
    objects.configure(seaweed)
    await objects.ensure_bucket()
    packages.forget()
    yield db
    objects.close()
