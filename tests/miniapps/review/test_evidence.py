"""A picture that is kept as evidence can be shown again."""

import io
import os

import pytest
from PIL import Image

from banshi.errors import InvalidInput
from miniapps.review.service import _evidence


async def test_a_picture_that_is_larger_as_png_than_is_ever_read_is_refused(monkeypatch):
    drawn = io.BytesIO()
    Image.frombytes("RGB", (100, 100), os.urandom(30_000)).save(drawn, format="JPEG", quality=95)
    assert await _evidence._drawn(drawn.getvalue())
    monkeypatch.setattr(_evidence, "LARGEST_DRAWN", 10_000)

    with pytest.raises(InvalidInput):
        await _evidence._drawn(drawn.getvalue())
