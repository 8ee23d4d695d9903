"""Second places: where signed heads are kept out of the database's reach.

Whoever can rewrite the database should have no right to overwrite or remove here: a bucket whose key may
only add, or a folder that another machine carries away.
"""

import asyncio
import re
from pathlib import Path
from typing import Protocol

from storage import objects

PREFIX = "audit/heads/"
HEAD_BYTES = 8192  # a head is far smaller; more is not one
AT_ONCE = 16  # reads of objects


class Place(Protocol):
    """One place outside the database."""

    name: str

    async def put(self, number: int, token: str) -> None:
        """Keep a head under its number; the same again is harmless."""
        ...

    async def numbers(self) -> set[int]:
        """Return the numbers of the heads that are there."""
        ...

    async def read(self, numbers: list[int]) -> dict[int, str]:
        """Return the heads of these numbers, as far as they are there."""
        ...


def _file_name(number: int) -> str:
    return f"{number:012d}.jws"


def _number(name: str) -> int | None:
    found = re.fullmatch(r"(\d{12})\.jws", name)
    return int(found.group(1)) if found else None


class Objects:
    """The object store, under `audit/heads/`."""

    name = "objects"

    async def put(self, number: int, token: str) -> None:
        """Keep a head.  Raises: Unavailable."""
        await objects.put(PREFIX + _file_name(number), token.encode(), media_type="application/jose")

    async def numbers(self) -> set[int]:
        """List the heads.  Raises: Unavailable."""
        found = await objects.list_(PREFIX)
        return {number for stat in found if (number := _number(stat.key.removeprefix(PREFIX))) is not None}

    async def read(self, numbers: list[int]) -> dict[int, str]:
        """Read some heads.  Raises: Unavailable."""
        heads: dict[int, str] = {}
        for start in range(0, len(numbers), AT_ONCE):
            some = numbers[start : start + AT_ONCE]
            texts = await asyncio.gather(*(self._read_one(number) for number in some))
            heads |= {number: text for number, text in zip(some, texts, strict=True) if text is not None}
        return heads

    async def _read_one(self, number: int) -> str | None:
        try:
            return (await objects.read(PREFIX + _file_name(number), max_bytes=HEAD_BYTES)).decode()
        except (objects.Absent, ValueError):
            return None


class Folder:
    """A folder of files, one for each head; what is there is never overwritten."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = "folder"

    async def put(self, number: int, token: str) -> None:
        """Keep a head.  Raises: OSError."""
        await asyncio.to_thread(self._put, number, token)

    def _put(self, number: int, token: str) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        file = self.path / _file_name(number)
        if file.exists() and file.read_text() == token:
            return
        with file.open("x") as new:
            new.write(token)

    async def numbers(self) -> set[int]:
        """List the heads."""
        names = [file.name for file in self.path.glob("*.jws")] if self.path.is_dir() else []
        return {number for name in names if (number := _number(name)) is not None}

    async def read(self, numbers: list[int]) -> dict[int, str]:
        """Read some heads."""
        files = {number: self.path / _file_name(number) for number in numbers}
        return {number: file.read_text() for number, file in files.items() if file.is_file()}
